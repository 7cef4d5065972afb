"""The example app: what it deploys, and how context changes that."""

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template
from synthesis import ROOT, synthesise, template

from personalize_csv import DATASET_TYPES, Schema, check_file

APP = ROOT / "app.py"
DATA = ROOT / "data"
IMPORT = "Custom::PersonalizeDatasetImportJob"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return template(synthesise(APP, tmp_path_factory.mktemp("sample")), "PersonalizeImport")


def test_imports_interactions_and_items_after_their_upload(sample: Template) -> None:
    [upload] = sample.find_resources("Custom::CDKBucketDeployment")
    imports = sample.find_resources(IMPORT)
    assert len(imports) == 2
    for name in ("interactions", "items"):
        fingerprint = cdk.FileSystem.fingerprint(str(DATA / f"{name}.csv"))
        [(_, found)] = [
            (key, value) for key, value in imports.items() if value["Properties"].get("DataVersion") == fingerprint
        ]
        location = found["Properties"]["DataLocation"]["Fn::Join"][1]
        assert location[-1] == f"/{name}.csv"
        assert upload in found["DependsOn"]


def test_makes_a_dataset_group_with_two_datasets(sample: Template) -> None:
    sample.resource_count_is("AWS::Personalize::DatasetGroup", 1)
    for dataset_type in ("Interactions", "Items"):
        schema = (DATA / "schemas" / f"{dataset_type.lower()}.json").read_text(encoding="utf-8")
        sample.has_resource_properties("AWS::Personalize::Schema", {"Schema": schema})
        sample.has_resource_properties("AWS::Personalize::Dataset", {"DatasetType": dataset_type})


def test_deletes_its_bucket_with_the_stack(sample: Template) -> None:
    sample.has_resource("AWS::S3::Bucket", {"DeletionPolicy": "Delete"})
    sample.resource_count_is("Custom::S3AutoDeleteObjects", 1)


def test_shows_arn_and_status_of_both_jobs(sample: Template) -> None:
    for dataset_type in ("Interactions", "Items"):
        sample.has_output(f"{dataset_type}JobArn", Match.any_value())
        sample.has_output(f"{dataset_type}JobStatus", {"Value": {"Fn::GetAtt": Match.array_with(["Status"])}})


def test_uploads_nothing_but_csv_files(tmp_path: Path) -> None:
    assembly = synthesise(APP, tmp_path)
    [uploaded] = [path.parent for path in assembly.glob("asset.*/interactions.csv")]
    assert sorted(path.name for path in uploaded.rglob("*")) == [
        f"{name.lower()}.csv" for name in sorted(DATASET_TYPES)
    ]


def test_imports_other_files(tmp_path: Path) -> None:
    stack = template(synthesise(APP, tmp_path, data="examples/broken"), "PersonalizeImport")
    for name in ("interactions", "items"):
        fingerprint = cdk.FileSystem.fingerprint(str(ROOT / "examples" / "broken" / f"{name}.csv"))
        stack.has_resource_properties(IMPORT, {"DataVersion": fingerprint})


def test_imports_data_that_exists_into_a_dataset_that_exists(tmp_path: Path) -> None:
    dataset_arn = "arn:aws:personalize:us-east-1:123456789012:dataset/shop/ITEMS"
    stack = template(
        synthesise(APP, tmp_path, dataset_arn=dataset_arn, bucket="shop-data", key="items/"), "PersonalizeImport"
    )
    stack.resource_count_is(IMPORT, 1)
    stack.has_resource_properties(IMPORT, {"DatasetArn": dataset_arn, "DataLocation": "s3://shop-data/items/"})
    for kind in ("AWS::S3::Bucket", "AWS::Personalize::Dataset", "AWS::Personalize::DatasetGroup"):
        stack.resource_count_is(kind, 0)


def test_the_sample_data_is_what_its_generator_writes(tmp_path: Path) -> None:
    (tmp_path / "generate.py").write_bytes((DATA / "generate.py").read_bytes())
    subprocess.run([sys.executable, "generate.py"], cwd=tmp_path, check=True)
    written = {file.name: file.read_bytes() for file in tmp_path.glob("*.csv")}
    assert written == {file.name: file.read_bytes() for file in DATA.glob("*.csv")}


@pytest.mark.parametrize("dataset_type", DATASET_TYPES)
def test_the_sample_data_keeps_the_rules(dataset_type: str) -> None:
    name = dataset_type.lower()
    schema = (DATA / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    report = check_file(name, (DATA / f"{name}.csv").read_bytes(), Schema.parse(schema, dataset_type), whole=True)
    assert [finding.message for finding in report.findings] == []
    least = {"interactions": 1500, "items": 100, "users": 50}
    assert report.records >= least.get(name, 1)


def test_every_column_of_the_sample_data_is_documented() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for file in DATA.glob("schemas/*.json"):
        section = readme.split(f"| {file.stem}.csv |")[1]
        for field in json.loads(file.read_text(encoding="utf-8"))["fields"]:
            assert field["name"] in section, f"{file.stem}.csv: {field['name']}"
