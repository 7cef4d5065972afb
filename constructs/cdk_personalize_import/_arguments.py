"""The arguments of an import, checked: one object that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam

from cdk_personalize_import._checks import Checks
from cdk_personalize_import._data.data_rules import DataRules
from cdk_personalize_import._data.data_source import DataSource
from cdk_personalize_import._dataset import KnownDataset, NoDatasetError
from cdk_personalize_import._import_mode import ImportMode


@dataclass(frozen=True)
class Arguments:
    """What the arguments of DatasetImportJob say.

    Attributes:
        dataset: What is known of the dataset.
        data_source: Where the data comes from.
        import_mode: The import mode.
        role: The given role, if any.
        preflight: Whether there is a preflight.
        tags: Tags of the job.
        job_name_prefix: How the names of jobs begin.
        timeout: How long the deployment waits, in seconds.
        properties: Those properties of the resource that the arguments alone decide.
        warnings: What may be wrong with the data.
    """

    dataset: KnownDataset
    data_source: DataSource
    import_mode: ImportMode
    role: iam.IRole | None
    preflight: bool
    tags: dict[str, str]
    job_name_prefix: str
    timeout: int
    properties: Mapping[str, Any]
    warnings: list[str]

    @classmethod
    def checked(
        cls,
        checks: Checks,
        *,
        dataset_arn: object,
        dataset: object,
        data_source: object,
        import_mode: object,
        publish_attribution_metrics_to_s3: object,
        tags: object,
        role: object,
        job_name_prefix: object,
        data_version: object,
        wait_for_completion: object,
        preflight: object,
        timeout: object,
        poll_interval: object,
    ) -> Arguments:
        """Check all arguments, before there is a construct.

        Raises:
            TypeError: An argument is of the wrong type.
            ValueError: An argument has a value that isn't allowed.
        """
        try:
            known_dataset = KnownDataset.of(checks.dataset(dataset, dataset_arn))
        except NoDatasetError as error:
            checks.refuse("dataset_arn", "the ARN of a dataset, dataset.attr_dataset_arn of a CfnDataset", str(error))
        source = checks.member("data_source", data_source, DataSource)
        mode = checks.member("import_mode", import_mode, ImportMode)
        has_preflight = checks.flag("preflight", preflight)
        warnings = source._origin.check(checks, DataRules(known_dataset, mode.value) if has_preflight else None)
        prefix = checks.job_name_prefix(job_name_prefix)
        own_tags = checks.tags(tags)
        given_role = None if role is None else checks.role(role)
        seconds = checks.timeout(timeout)
        properties = {
            "DatasetArn": known_dataset.arn,
            "ImportMode": mode.value,
            "PublishAttributionMetricsToS3": _text(
                checks.flag("publish_attribution_metrics_to_s3", publish_attribution_metrics_to_s3)
            ),
            "JobNamePrefix": prefix,
            "WaitForCompletion": _text(checks.flag("wait_for_completion", wait_for_completion)),
            "PollInterval": checks.poll_interval(poll_interval, seconds),
            "Preflight": _text(has_preflight),
        }
        if data_version is not None:
            properties["DataVersion"] = checks.text("data_version", data_version)
        return cls(
            dataset=known_dataset,
            data_source=source,
            import_mode=mode,
            role=given_role,
            preflight=has_preflight,
            tags=own_tags,
            job_name_prefix=prefix,
            timeout=seconds,
            properties=properties,
            warnings=warnings,
        )


def _text(flag: bool) -> str:
    return "true" if flag else "false"
