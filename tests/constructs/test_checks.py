"""The field's own tools over stacks that use the construct: cdk-nag, cfn-lint, the CDK's validation of templates."""

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from cdk_abilities import cdk_nag
from shop import Shop
from synthesis import CONTEXT

from cdk_personalize_import import DatasetImportJob, DataSource
from cdk_personalize_import._template import nag

ENV = cdk.Environment(account="123456789012", region="eu-west-1")


@pytest.fixture(scope="module", params=[ENV, None], ids=["known environment", "any environment"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> cdk.App:
    """Return an app whose stacks use all there is, and have no findings of their own."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / "items.csv").write_text("ITEM_ID,GENRES\n1,a\n")
    # With the feature flags of a new app, which change how policies are written.
    app = cdk.App(outdir=str(folder / "cdk.out"), context=CONTEXT)
    data = cdk.Stack(app, "Data", env=request.param)
    far = closed_bucket(data, "Far")
    stack = cdk.Stack(app, "Shop", env=request.param)
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    nested = cdk.NestedStack(stack, "Nested")
    sources = {
        "File": DataSource.from_bucket(closed_bucket(stack, "Plain"), "items.csv"),
        "Folder": DataSource.from_bucket(closed_bucket(stack, "Encrypted", encryption_key=key), "items/"),
        "Imported": DataSource.from_bucket(s3.Bucket.from_bucket_name(stack, "Elsewhere", "elsewhere"), "i?ems/"),
        "Far": DataSource.from_bucket(far, "items/"),
        "Local": DataSource.from_local_path(folder / "items.csv"),
    }
    for name, source in sources.items():
        for given in (None, role):
            own_name = f"{name}{'Given' if given else ''}"
            job = DatasetImportJob(
                stack,
                own_name,
                dataset_arn=f"arn:aws:personalize:eu-west-1:123456789012:dataset/{own_name}/ITEMS",
                data_source=source,
                role=given,
                tags={"team": "recs"},
                timeout=cdk.Duration.hours(2),
            )
            keep_fresh(job, uploads=name != "Local")
    DatasetImportJob(
        nested,
        "Nested",
        dataset_arn="arn:aws:personalize:eu-west-1:123456789012:dataset/nested/ITEMS",
        data_source=sources["Far"],
    )
    return app


def keep_fresh(job: DatasetImportJob, *, uploads: bool) -> None:
    """Use all that goes on between deployments."""
    job.import_on_schedule("Nightly", schedule=events.Schedule.cron(hour="3", minute="0"))
    if uploads:
        job.import_on_upload("Upload")
    job.on_succeeded("Succeeded")
    job.on_failed("Failed")
    job.alarm_if_older_than("Stale", cdk.Duration.days(2))
    job.alarm_on_failure("Failing")


def closed_bucket(stack: cdk.Stack, name: str, encryption_key: kms.IKey | None = None) -> s3.Bucket:
    """Return a bucket that no tool finds anything about but its missing access log."""
    bucket = s3.Bucket(
        stack,
        name,
        encryption=None if encryption_key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=encryption_key,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
    )
    cdk.Validations.of(bucket).acknowledge(cdk.Acknowledgment(id="AwsSolutions-S1", reason="no logs in tests"))
    return bucket


@pytest.fixture(scope="module")
def assembly(app: cdk.App) -> Path:
    return Path(app.synth().directory)


def test_cdk_nag(app: cdk.App, assembly: Path) -> None:
    assert assembly.is_dir()
    for name in ("Data", "Shop"):
        stack = app.node.find_child(name)
        report = cdk_nag().AwsSolutionsChecks(app).validate_scope(stack)
        findings = [
            (found.rule_name, resource.construct_path)
            for found in report.violations
            for resource in found.violating_resources
        ]
        assert findings == []


def test_cdk_nag_over_a_stack_that_is_not_synthesised_yet() -> None:
    shop = Shop()
    bucket = closed_bucket(shop.stack, "Closed")
    shop.stack.node.try_remove_child("Bucket")
    shop.job(data_source=DataSource.from_bucket(bucket, "items/"))
    assert cdk_nag().AwsSolutionsChecks(shop.app).validate_scope(shop.stack).violations == []


def test_acknowledgements_are_narrow_and_have_reasons(app: cdk.App, assembly: Path) -> None:
    assert assembly.is_dir()
    stack = app.node.find_child("Shop")
    for construct in stack.node.find_all():
        for entry in construct.node.metadata:
            if entry.type == cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY:
                for rule, reason in entry.data.items():
                    assert len(reason) > 10, rule
                    # Never a whole rule where cdk-nag can name the finding.
                    assert not rule.endswith(("IAM4", "IAM5")), rule


@pytest.mark.parametrize("is_there", [True, False])
def test_acknowledgements_are_made_for_an_app_that_can_use_cdk_nag(
    is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cdk_nag()
    with monkeypatch.context() as installed:
        if not is_there:
            installed.setitem(sys.modules, "cdk_nag", None)
        nag.is_installed.cache_clear()
        shop = Shop()
        shop.job(data_source=DataSource.from_bucket(shop.bucket, "items/"))
        shop.app.synth()
    nag.is_installed.cache_clear()
    kinds = {entry.type for construct in shop.stack.node.find_all() for entry in construct.node.metadata}
    assert (cdk.Validations.ACKNOWLEDGED_RULES_METADATA_KEY in kinds) == is_there


def test_cfn_lint(assembly: Path) -> None:
    templates = sorted(str(path) for path in assembly.glob("*.template.json"))
    assert len(templates) == 3
    # W3005: a dependency that a reference implies as well, which the CDK writes for its own resources.
    command = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", "W3005"]
    command += ["--append-rules", "personalize_import_cli.cfn_lint", "--", *templates]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)


def test_the_cdk_s_own_validation(assembly: Path) -> None:
    report = json.loads((assembly / "validation-report.json").read_text())
    found = [found["ruleName"] for plugin in report["pluginReports"] for found in plugin.get("violations", [])]
    # What the construct itself warns about: the statements for the bucket that is made elsewhere, and its events.
    assert set(found) == {
        "Annotation::cdk-personalize-import:bucketPolicy",
        "Annotation::cdk-personalize-import:eventBridgeNotification",
    }
