"""The examples, as templates; tests/end_to_end deploys them."""

from pathlib import Path

import pytest
from aws_cdk.assertions import Match, Template
from synthesis import ROOT, synthesise_together, template

EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))
IMPORT = "Custom::PersonalizeDatasetImportJob"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesise_together(SCRIPTS, tmp_path_factory.mktemp("examples"), bucket="shop-data", key_arn=KEY_ARN)


def imports(stack: Template) -> list[dict[str, object]]:
    return [found["Properties"] for found in stack.find_resources(IMPORT).values()]


def test_the_readme_lists_every_example() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in SCRIPTS if f"| [{path.name}]({path.name}) |" not in readme] == []


def test_each_example_is_short() -> None:
    for path in SCRIPTS:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 70, path.name


def test_smallest(assembly: Path) -> None:
    [job] = imports(template(assembly, "Smallest"))
    assert job["DataLocation"] == "s3://shop-data/interactions.csv"


def test_five_dataset_types(assembly: Path) -> None:
    locations = {
        str(job["DataLocation"]).removeprefix("s3://shop-data/")
        for job in imports(template(assembly, "FiveDatasetTypes"))
    }
    assert locations == {"interactions/", "users/", "items/", "actions/", "action_interactions/"}


def test_local_files(assembly: Path) -> None:
    stack = template(assembly, "LocalFiles")
    assert len(imports(stack)) == 1
    stack.resource_count_is("Custom::CDKBucketDeployment", 1)


def test_the_solution_waits_for_its_data(assembly: Path) -> None:
    stack = template(assembly, "SolutionWithData")
    [job] = stack.find_resources(IMPORT)
    stack.has_resource("AWS::Personalize::Solution", {"DependsOn": Match.array_with([job])})


def test_a_long_import_takes_turns(assembly: Path) -> None:
    jobs = imports(template(assembly, "LongImport"))
    assert sum(int(str(job["Timeout"])) for job in jobs) == 4 * 3600
    assert len(jobs) == 5


def test_a_resource_of_an_existing_stack_uses_the_job(assembly: Path) -> None:
    stack = template(assembly, "Shop")
    [job] = stack.find_resources(IMPORT)
    stack.has_resource_properties("AWS::SSM::Parameter", {"Value": {"Fn::GetAtt": [job, "DatasetImportJobArn"]}})


def test_an_encrypted_bucket_s_key_may_be_used(assembly: Path) -> None:
    stack = template(assembly, "EncryptedBucket")
    stack.has_resource_properties(
        "AWS::IAM::Role",
        {
            "Policies": Match.array_with(
                [
                    Match.object_like(
                        {
                            "PolicyDocument": {
                                "Statement": Match.array_with(
                                    [Match.object_like({"Action": "kms:Decrypt", "Resource": KEY_ARN})]
                                )
                            }
                        }
                    )
                ]
            )
        },
    )
