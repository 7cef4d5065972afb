"""The arguments of an import, checked: one object that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam

from cdk_personalize_import._adds_to import checked_adds_to
from cdk_personalize_import._checks import Checks
from cdk_personalize_import._data.data_rules import DataRules
from cdk_personalize_import._data.data_source import DataSource
from cdk_personalize_import._dataset import KnownDataset, NoDatasetError
from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._import_mode import ImportMode


@dataclass(frozen=True)
class Arguments:
    """What the arguments of DatasetImportJob say.

    Attributes:
        dataset: What is known of the dataset.
        data_source: Where the data comes from.
        import_mode: The import mode.
        adds_to: The import that this one adds to, if it is told.
        role: The given role, if any.
        preflight: Whether there is a preflight.
        tags: Tags of the job.
        job_name_prefix: How the names of jobs begin.
        timeout: How long the deployment waits, in seconds.
        properties: Those properties of the resource that the arguments alone decide.
        warnings: What may be wrong with the data.
        reported: Whether the CDK reports on the roles of the scope.
    """

    dataset: KnownDataset
    data_source: DataSource
    import_mode: ImportMode
    adds_to: MadeImport | None
    role: iam.IRole | None
    preflight: bool
    tags: dict[str, str]
    job_name_prefix: str
    timeout: int
    properties: Mapping[str, Any]
    warnings: list[str]
    reported: bool

    @classmethod
    def checked(cls, checks: Checks, **given: Any) -> Arguments:
        """Check all arguments, before there is a construct.

        Args:
            checks: The checks of the construct.
            **given: The arguments of DatasetImportJob.

        Raises:
            TypeError: An argument is of the wrong type.
            ValueError: An argument has a value that isn't allowed.
        """
        try:
            dataset = KnownDataset.of(checks.dataset(given["dataset"], given["dataset_arn"]))
        except NoDatasetError as error:
            checks.refuse("dataset_arn", "the ARN of a dataset, dataset.attr_dataset_arn of a CfnDataset", str(error))
        source = checks.member("data_source", given["data_source"], DataSource)
        mode = checks.member("import_mode", given["import_mode"], ImportMode)
        adds_to = checked_adds_to(checks, given["adds_to"], mode, dataset)
        preflight = checks.flag("preflight", given["preflight"])
        warnings = source._origin.check(checks, DataRules(dataset, mode.value) if preflight else None)
        prefix = checks.job_name_prefix(given["job_name_prefix"])
        timeout = checks.timeout(given["timeout"])
        metrics = "publish_attribution_metrics_to_s3"
        properties = {
            "DatasetArn": dataset.arn,
            "ImportMode": mode.value,
            "PublishAttributionMetricsToS3": _text(checks.flag(metrics, given[metrics])),
            "JobNamePrefix": prefix,
            "WaitForCompletion": _text(checks.flag("wait_for_completion", given["wait_for_completion"])),
            "PollInterval": checks.poll_interval(given["poll_interval"], timeout),
            "Preflight": _text(preflight),
        }
        if given["data_version"] is not None:
            properties["DataVersion"] = checks.text("data_version", given["data_version"])
        if adds_to is not None:
            properties["AddsTo"] = adds_to.job_arn
        return cls(
            dataset=dataset,
            data_source=source,
            import_mode=mode,
            adds_to=adds_to,
            role=None if given["role"] is None else checks.role(given["role"]),
            preflight=preflight,
            tags=checks.tags(given["tags"]),
            job_name_prefix=prefix,
            timeout=timeout,
            properties=properties,
            warnings=warnings,
            reported=checks.reported,
        )


def _text(flag: bool) -> str:
    return "true" if flag else "false"
