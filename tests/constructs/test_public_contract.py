"""Names that others rely on: the package's, those of the custom resource, and CreateDatasetImportJob's behind them."""

import inspect
import pkgutil
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import constructs
from aws_cdk import aws_events as events
from botocore.session import Session
from shop import Resources, Shop, flat

import cdk_personalize_import
from cdk_personalize_import import DatasetImportJob, DataSource, ImportMode
from cdk_personalize_import_handler.dataset_import.properties import ResourceProperties

ROOT = Path(__file__).parents[2]


def every_property() -> Resources:
    shop = Shop()
    arguments: dict[str, Any] = {
        "dataset_arn": shop.dataset().attr_dataset_arn,
        "tags": {"team": "recs"},
        "data_version": "1",
        "timeout": cdk.Duration.hours(2),
        "publish_attribution_metrics_to_s3": True,
    }
    full = shop.job("Full", **arguments)
    full.import_on_schedule("Nightly", schedule=events.Schedule.rate(cdk.Duration.days(1)))
    full.on_failed("Failed")
    shop.job("More", import_mode=ImportMode.INCREMENTAL, adds_to=full, **arguments)
    return shop.synth()


def test_exported_names() -> None:
    assert cdk_personalize_import.__all__ == [
        "DataSource",
        "DatasetImportJob",
        "IDatasetImportJob",
        "ImportFunction",
        "ImportMode",
    ]
    modules = [found.name for found in pkgutil.iter_modules(cdk_personalize_import.__path__)]
    assert all(name.startswith("_") for name in modules)


def test_arguments() -> None:
    parameters = inspect.signature(DatasetImportJob.__init__).parameters
    assert list(parameters) == [
        "self",
        "scope",
        "construct_id",
        "dataset_arn",
        "dataset",
        "data_source",
        "import_mode",
        "adds_to",
        "publish_attribution_metrics_to_s3",
        "tags",
        "role",
        "job_name_prefix",
        "data_version",
        "wait_for_completion",
        "preflight",
        "timeout",
        "poll_interval",
    ]
    assert all(found.kind is found.KEYWORD_ONLY for found in list(parameters.values())[3:])
    required = [name for name, found in parameters.items() if found.default is found.empty]
    # One of dataset_arn and dataset as well.
    assert required == ["self", "scope", "construct_id", "data_source"]


def test_the_handler_knows_every_property_that_the_construct_writes() -> None:
    resources = every_property()
    written = set()
    for name in resources.ids("Custom::PersonalizeDatasetImportJob"):
        written |= resources.all[name]["Properties"].keys()
    assert written | {"AddsTo", "DatasetDefinition"} == ResourceProperties.__annotations__.keys()


def test_every_property_is_a_text_but_the_tags() -> None:
    for name, value in flat(every_property().job_of(0)).items():
        assert isinstance(value, str) or name in ("Tags", "DatasetDefinition")


def test_every_field_of_the_request_can_be_reached() -> None:
    model = Session().get_service_model("personalize").operation_model("CreateDatasetImportJob").input_shape
    reached = {
        "jobName": "JobNamePrefix",
        "datasetArn": "DatasetArn",
        "dataSource": "DataLocation",
        "roleArn": "RoleArn",
        "tags": "Tags",
        "importMode": "ImportMode",
        "publishAttributionMetricsToS3": "PublishAttributionMetricsToS3",
    }
    assert model.members.keys() == reached.keys()
    assert set(reached.values()) <= every_property().job_of(0).keys()
    assert [mode.value for mode in ImportMode] == model.members["importMode"].enum
    tag = model.members["tags"].member
    assert tag.members.keys() == every_property().job_of(0)["Tags"][0].keys()


def test_the_source_root_does_not_hide_the_library_of_its_name() -> None:
    assert not (ROOT / "constructs" / "__init__.py").exists()
    assert "site-packages" in str(constructs.__file__)


def test_synthesis_and_deployment_share_no_code() -> None:
    for source in (ROOT / "constructs" / "cdk_personalize_import").rglob("*.py"):
        assert "import cdk_personalize_import_handler" not in source.read_text(encoding="utf-8")
        assert "from cdk_personalize_import_handler" not in source.read_text(encoding="utf-8")


def test_each_public_name_is_documented() -> None:
    for owner in (DatasetImportJob, DataSource, cdk_personalize_import.IDatasetImportJob, ImportMode):
        assert inspect.getdoc(owner)
        for name, member in vars(owner).items():
            if not name.startswith("_") and (callable(member) or isinstance(member, property | staticmethod)):
                assert inspect.getdoc(member), f"{owner.__name__}.{name}"
    documentation = inspect.getdoc(DatasetImportJob) or ""
    for name in list(inspect.signature(DatasetImportJob.__init__).parameters)[1:]:
        assert f"{name}: " in documentation
