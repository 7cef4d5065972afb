"""Wrong arguments: each an error at synthesis that names construct, argument, value and what is allowed."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from shop import DATASET_ARN, JOB, Shop

from cdk_personalize_import import DatasetImportJob, DataSource, ImportMode

PREFIX = "arn:aws:personalize:eu-west-1:123456789012"
LONG = "k" * 300


@pytest.fixture(scope="module")
def module_shop() -> Shop:
    return Shop()


@pytest.mark.parametrize(
    ("argument", "value", "allowed"),
    [
        # the dataset
        ("dataset_arn", "", "the ARN of a Personalize dataset"),
        ("dataset_arn", "shop/INTERACTIONS", "the ARN of a Personalize dataset"),
        ("dataset_arn", "arn:aws:s3:::bucket", "the ARN of a Personalize dataset"),
        ("dataset_arn", f"{PREFIX}:dataset-group/shop", "the ARN of a Personalize dataset"),
        ("dataset_arn", f"{PREFIX}:schema/shop", "the ARN of a Personalize dataset"),
        ("dataset_arn", f"{PREFIX}:dataset/shop", "the ARN of a Personalize dataset"),
        ("dataset_arn", f"{PREFIX}:dataset/{LONG}/ITEMS", "the ARN of a Personalize dataset"),
        ("dataset_arn", DATASET_ARN.replace("eu-west-1", "us-east-1"), "in the stack's region, eu-west-1"),
        ("dataset_arn", DATASET_ARN.replace("123456789012", "210987654321"), "in the stack's account, 123456789012"),
        # times
        ("timeout", cdk.Duration.seconds(0), "between 1 minute and 24 hours"),
        ("timeout", cdk.Duration.seconds(59), "between 1 minute and 24 hours"),
        ("timeout", cdk.Duration.hours(25), "between 1 minute and 24 hours"),
        ("timeout", cdk.Duration.days(10000), "between 1 minute and 24 hours"),
        ("poll_interval", cdk.Duration.seconds(0), "between 1 second and 10 minutes"),
        ("poll_interval", cdk.Duration.millis(500), "between 1 second and 10 minutes"),
        ("poll_interval", cdk.Duration.minutes(11), "between 1 second and 10 minutes"),
        # the name
        ("job_name_prefix", "", "1 to 33 letters"),
        ("job_name_prefix", "-nightly", "1 to 33 letters"),
        ("job_name_prefix", "night ly", "1 to 33 letters"),
        ("job_name_prefix", "nächtlich", "1 to 33 letters"),
        ("job_name_prefix", "n" * 34, "1 to 33 letters"),
        # tags
        ("tags", {f"key{number}": "" for number in range(51)}, "at most 50 tags"),
        ("tags", {"": "value"}, "keys of 1 to 128"),
        ("tags", {"k" * 129: "value"}, "keys of 1 to 128"),
        ("tags", {"what?": "value"}, "keys of 1 to 128"),
        ("tags", {"aws:mine": "value"}, "keys that don't begin with aws:"),
        ("tags", {"key": "v" * 257}, "values of at most 256"),
        ("tags", {"key": "100 %"}, "values of at most 256"),
    ],
    ids=lambda value: (value.to_human_string() if isinstance(value, cdk.Duration) else str(value))[:40],
)
def test_wrong_value(argument: str, value: Any, allowed: str, module_shop: Shop) -> None:
    with pytest.raises(ValueError, match=rf"^Shop/Wrong: {argument} must be .*{re.escape(allowed)}.*, got .+"):
        module_shop.job("Wrong", **{argument: value})
    assert module_shop.stack.node.try_find_child("Wrong") is None


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("dataset_arn", 5),
        ("data_source", "s3://bucket/key"),
        ("data_source", None),
        ("import_mode", "FULL"),
        ("import_mode", None),
        ("publish_attribution_metrics_to_s3", "true"),
        ("publish_attribution_metrics_to_s3", 1),
        ("tags", ["team"]),
        ("tags", {"team": 1}),
        ("tags", {1: "team"}),
        ("role", "arn:aws:iam::123456789012:role/given"),
        ("job_name_prefix", 7),
        ("data_version", 7),
        ("wait_for_completion", "no"),
        ("preflight", None),
        ("timeout", 3600),
        ("poll_interval", 5),
    ],
    ids=str,
)
def test_wrong_type(argument: str, value: Any, module_shop: Shop) -> None:
    with pytest.raises(TypeError, match=rf"^Shop/Wrong: {argument} must be .+, got .+"):
        module_shop.job("Wrong", **{argument: value})
    assert module_shop.stack.node.try_find_child("Wrong") is None


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        ("", "not empty"),
        ("/items.csv", 'without a "/" at the beginning'),
        ("s3://bucket/items.csv", "without scheme and bucket"),
        ("https://bucket.example/items.csv", "without scheme and bucket"),
        (LONG, "at most 256 characters"),
    ],
    ids=["empty", "slash", "s3", "https", "long"],
)
def test_wrong_key(key: str, allowed: str, module_shop: Shop) -> None:
    with pytest.raises(ValueError, match=rf"^Shop/Wrong: key must be .*{re.escape(allowed)}.*, got "):
        module_shop.job("Wrong", data_source=DataSource.from_bucket(module_shop.bucket, key))
    assert module_shop.stack.node.try_find_child("Wrong") is None


def test_the_bucket_counts_for_the_length_of_the_location() -> None:
    shop = Shop()
    bucket = s3.Bucket.from_bucket_name(shop.stack, "Named", "b" * 63)
    shop.job("Right", data_source=DataSource.from_bucket(bucket, "k" * (256 - 5 - 63 - 1)))
    with pytest.raises(ValueError, match="at most 256 characters"):
        shop.job("Wrong", data_source=DataSource.from_bucket(bucket, "k" * (257 - 5 - 63 - 1)))


@pytest.mark.parametrize(("bucket", "key"), [("bucket", "key"), (None, "key")])
def test_a_bucket_that_is_none(bucket: Any, key: Any, module_shop: Shop) -> None:
    with pytest.raises(TypeError, match=r"^bucket must be an aws_s3\.IBucket, or an IBucketRef .*, got "):
        module_shop.job("Wrong", data_source=DataSource.from_bucket(bucket, key))


def test_a_key_that_is_no_text(module_shop: Shop) -> None:
    with pytest.raises(TypeError, match=r"^key must be a string, got 5"):
        module_shop.job("Wrong", data_source=DataSource.from_bucket(module_shop.bucket, 5))  # type: ignore[arg-type]


def test_a_bucket_in_another_region(module_shop: Shop) -> None:
    env = cdk.Environment(account="123456789012", region="us-east-1")
    bucket = s3.Bucket(cdk.Stack(module_shop.app, "Far", env=env), "Bucket", bucket_name="far")
    with pytest.raises(ValueError, match=r"^Shop/Wrong: bucket must be in the stack's region, eu-west-1, got 'Far/"):
        module_shop.job("Wrong", data_source=DataSource.from_bucket(bucket, "items.csv"))


def test_a_poll_interval_over_the_timeout(module_shop: Shop) -> None:
    with pytest.raises(ValueError, match=r"poll_interval must be at most timeout \(120 seconds\), got '3 minutes'"):
        module_shop.job("Wrong", timeout=cdk.Duration.minutes(2), poll_interval=cdk.Duration.minutes(3))


def test_a_timeout_that_is_known_at_deployment(module_shop: Shop) -> None:
    parameter = cdk.CfnParameter(module_shop.stack, "Minutes", type="Number")
    with pytest.raises(ValueError, match="timeout must be known at synthesis"):
        module_shop.job("Wrong", timeout=cdk.Duration.minutes(parameter.value_as_number))


def test_the_id_can_be_used_again_after_an_error() -> None:
    shop = Shop()
    with pytest.raises(ValueError, match="timeout"):
        shop.job(timeout=cdk.Duration.seconds(1))
    assert [child.node.id for child in shop.stack.node.children] == ["Bucket"]
    shop.job()
    assert len(shop.synth().ids(JOB)) == 1


def test_tokens_pass() -> None:
    shop = Shop()

    def parameter(name: str, kind: str = "String") -> cdk.CfnParameter:
        return cdk.CfnParameter(shop.stack, name, type=kind)

    shop.job(
        dataset_arn=parameter("Dataset").value_as_string,
        data_source=DataSource.from_bucket(shop.bucket, parameter("Key").value_as_string),
        job_name_prefix=parameter("Prefix").value_as_string,
        data_version=parameter("Version").value_as_string,
        tags={"stage": parameter("Stage").value_as_string},
        poll_interval=cdk.Duration.seconds(parameter("Interval", "Number").value_as_number),
    )
    resources = shop.synth()
    job = resources.job
    assert job["DatasetArn"] == {"Ref": "Dataset"}
    assert job["JobNamePrefix"] == {"Ref": "Prefix"}
    assert job["DataVersion"] == {"Ref": "Version"}
    assert job["Tags"] == [{"tagKey": "stage", "tagValue": {"Ref": "Stage"}}]
    assert "Interval" in str(job["PollInterval"])
    statements = resources.function_statements
    assert statements["ImportIntoDatasets"]["Resource"] == [{"Ref": "Dataset"}]
    assert "dataset-import-job/*" in str(statements["CreateDatasetImportJobs"]["Resource"])


@pytest.mark.parametrize(
    ("construct_id", "prefix"),
    [
        ("Interactions", "Shop-Interactions"),
        ("a b.c", "Shop-a-b-c"),
        ("Ünïcode", "Shop-n-code"),
        ("A" * 60, "A" * 33),
        ("_-" * 12, "Shop"),
        ("ends-", "Shop-ends"),
    ],
)
def test_the_default_prefix_comes_from_the_path(construct_id: str, prefix: str) -> None:
    shop = Shop()
    shop.job(construct_id)
    name = shop.synth().job["JobNamePrefix"]
    assert name == prefix
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9\-_]{0,32}", name)


@pytest.mark.parametrize(("given", "written"), [("a--b", "a-b"), ("nightly-", "nightly"), ("A_1", "A_1")])
def test_a_prefix_is_written_as_it_is_in_names(given: str, written: str) -> None:
    shop = Shop()
    shop.job(job_name_prefix=given)
    resources = shop.synth()
    assert resources.job["JobNamePrefix"] == written
    assert f"dataset-import-job/{written}-*" in str(resources.function_statements["CreateDatasetImportJobs"])


def test_fractions_of_a_second_are_rounded_up() -> None:
    shop = Shop()
    shop.job(timeout=cdk.Duration.millis(90_500), poll_interval=cdk.Duration.millis(1_500))
    job = shop.synth().job
    assert (job["Timeout"], job["PollInterval"]) == ("91", "2")


@pytest.mark.parametrize("mode", list(ImportMode))
def test_import_modes(mode: ImportMode) -> None:
    shop = Shop()
    shop.job(import_mode=mode)
    assert shop.synth().job["ImportMode"] == mode.name


@pytest.mark.parametrize("arn", ["", DATASET_ARN, "nightly-1", f"{PREFIX}:dataset-import-job/", "arn:aws:s3:::bucket"])
def test_an_import_of_something_else(arn: str, module_shop: Shop) -> None:
    expected = r"^Shop/Wrong: dataset_import_job_arn must be the ARN of a Personalize dataset import job .*, got "
    with pytest.raises(ValueError, match=expected):
        DatasetImportJob.from_dataset_import_job_arn(module_shop.stack, "Wrong", arn)
    assert module_shop.stack.node.try_find_child("Wrong") is None
