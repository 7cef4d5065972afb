"""The examples, as templates; tests/end_to_end deploys them."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template
from synthesis import ROOT, synthesise, synthesise_together, template

EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))
IMPORT = "Custom::PersonalizeDatasetImportJob"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesise_together(SCRIPTS, tmp_path_factory.mktemp("examples"))


def imports(stack: Template) -> list[dict[str, Any]]:
    return [found["Properties"] for found in stack.find_resources(IMPORT).values()]


def test_the_readme_lists_every_example() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in SCRIPTS if f"| [{path.name}]({path.name}) |" not in readme] == []


def test_each_example_is_short() -> None:
    for path in SCRIPTS:
        assert len(path.read_text(encoding="utf-8").splitlines()) < 110, path.name


def test_the_quick_start_is_25_lines_of_code() -> None:
    lines = (EXAMPLES / "quick_start.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines[1:] if line]) <= 25


def test_existing_resources(assembly: Path) -> None:
    [job] = imports(template(assembly, "Import"))
    assert job["DataLocation"] == "s3://existing-shop-data/items.csv"


def test_existing_resources_by_name(tmp_path: Path) -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:dataset/shop/ITEMS"
    synthesise(EXAMPLES / "existing_resources.py", tmp_path, bucket="shop-data", dataset_arn=arn)
    [job] = imports(template(tmp_path, "Import"))
    assert (job["DataLocation"], job["DatasetArn"]) == ("s3://shop-data/items.csv", arn)
    assert not (tmp_path / "ExistingShop.template.json").exists()


def test_dataset_types(assembly: Path) -> None:
    # An import of more than an hour is several resources.
    locations = {job["DataLocation"]["Fn::Join"][1][-1] for job in imports(template(assembly, "DatasetTypes"))}
    assert locations == {"/interactions/", "/items/", "/users/"}


def test_local_files(assembly: Path) -> None:
    stack = template(assembly, "LocalFiles")
    assert len(imports(stack)) == 1
    stack.resource_count_is("Custom::CDKBucketDeployment", 1)


def test_the_solution_waits_for_its_data(assembly: Path) -> None:
    stack = template(assembly, "SolutionWithData")
    [job] = stack.find_resources(IMPORT)
    stack.has_resource("AWS::Personalize::Solution", {"DependsOn": Match.array_with([job])})


def test_a_solution_may_be_trained_and_nothing_else(assembly: Path) -> None:
    stack = template(assembly, "TrainAfterImport")
    [solution] = stack.find_resources("AWS::Personalize::Solution")
    arn = {"Fn::GetAtt": [solution, "SolutionArn"]}
    statement = {"Action": "personalize:CreateSolutionVersion", "Effect": "Allow", "Resource": arn}
    policies = stack.find_resources("AWS::IAM::Policy").values()
    assert [statement] in [policy["Properties"]["PolicyDocument"]["Statement"] for policy in policies]


def test_a_dashboard_shows_the_imports_own_metrics(assembly: Path) -> None:
    stack = template(assembly, "WithDashboard")
    [dashboard] = stack.find_resources("AWS::CloudWatch::Dashboard").values()
    body = "".join(part for part in dashboard["Properties"]["DashboardBody"]["Fn::Join"][1] if isinstance(part, str))
    assert [body.count(f'"{name}"') for name in ("Succeeded", "Failed", "Duration", "Waited")] == [1] * 4


def test_a_long_import_takes_turns(assembly: Path) -> None:
    jobs = imports(template(assembly, "LongImport"))
    assert sum(int(str(job["Timeout"])) for job in jobs) == 4 * 3600
    assert len(jobs) == 5


def test_a_resource_of_an_existing_stack_uses_the_job(assembly: Path) -> None:
    stack = template(assembly, "ExistingStack")
    [job] = stack.find_resources(IMPORT)
    stack.has_resource_properties("AWS::SSM::Parameter", {"Value": {"Fn::GetAtt": [job, "DatasetImportJobArn"]}})


def test_an_encrypted_bucket_s_key_may_be_used(assembly: Path) -> None:
    [key] = template(assembly, "EncryptedStorage").find_resources("AWS::KMS::Key").values()
    statements = key["Properties"]["KeyPolicy"]["Statement"]
    assert {"Service": "personalize.amazonaws.com"} in [statement["Principal"] for statement in statements]


def test_the_solution_of_the_composed_shop_waits_for_the_nested_stack(assembly: Path) -> None:
    for stage in ("Test", "Production"):
        paths = (assembly / f"assembly-{stage}").glob(f"{stage}Recommendations*.template.json")
        [path] = [path for path in paths if "Imports" not in path.name]
        stack = template(path.parent, path.name.removesuffix(".template.json"))
        [nested] = stack.find_resources("AWS::CloudFormation::Stack")
        stack.has_resource("AWS::Personalize::Solution", {"DependsOn": [nested]})
