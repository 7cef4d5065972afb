"""The construct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk.interfaces.aws_iam import IRoleRef
from aws_cdk.interfaces.aws_personalize import IDatasetRef
from constructs import Construct

from cdk_personalize_import import _links
from cdk_personalize_import._arguments import Arguments
from cdk_personalize_import._checks import Checks
from cdk_personalize_import._data.data_source import DataSource
from cdk_personalize_import._final_properties import FinalProperties
from cdk_personalize_import._fresh_data.fresh_data import FreshData
from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._function.provider import Provider
from cdk_personalize_import._import_mode import ImportMode
from cdk_personalize_import._imports_of_stage import ImportsOfStage
from cdk_personalize_import._job_reference import IDatasetImportJob, ImportedDatasetImportJob
from cdk_personalize_import._job_tags import JobTags
from cdk_personalize_import._last_warnings import last_warnings
from cdk_personalize_import._permissions.own_role import role_arn
from cdk_personalize_import._permissions.reading import allow_reading


@jsii.implements(cdk.ITaggableV2)
class DatasetImportJob(FreshData):
    """An import of data into an Amazon Personalize dataset, done on deployment.

    The deployment starts a dataset import job, follows it, and goes on when the data is in the dataset; a job that
    fails, fails the deployment with the reason that Personalize gives. What needs the data depends on the construct,
    ``solution.node.add_dependency(job)``, or uses one of its attributes.

    The data is imported when the resource is made, and again when ``dataset_arn``, ``data_source``, ``import_mode``,
    ``publish_attribution_metrics_to_s3`` or ``data_version`` change, when CloudFormation makes the dataset anew, and
    when the import that it ``adds_to`` did. New content under the same key of a bucket is not
    noticed: change ``data_version`` then. Deleting the construct leaves the imported data in the dataset.

    All imports of a stack share one Lambda function. Tags of the construct, from ``tags`` and ``Tags.of()``, become
    tags of the job.

    See https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html

    Args:
        scope: Scope of the construct.
        construct_id: Id of the construct in its scope.
        dataset_arn: ARN of the dataset that receives the data, ``dataset.attr_dataset_arn`` of a ``CfnDataset``.
            In the account and region of the stack. Either this or ``dataset``.
        dataset: The dataset that receives the data, a ``CfnDataset`` for one, in the place of ``dataset_arn``.
        data_source: Where the data comes from.
        import_mode: Whether the data replaces what was imported before, or adds to it. Default: it replaces it.
        adds_to: The import whose records an INCREMENTAL one adds to: a FULL one of the same stack and dataset, or an
            INCREMENTAL one that itself adds to one. This import waits for the end of that one, even of one that the
            deployment doesn't wait for, and imports again whenever that one did. Default: it stands alone, and what it
            added is gone when a FULL import replaces the data.
        publish_attribution_metrics_to_s3: Whether the job publishes metrics to S3. The dataset group needs a
            metric attribution with an S3 path for its output. Default: it publishes none.
            See https://docs.aws.amazon.com/personalize/latest/dg/metric-attribution-requirements.html
        tags: Tags of the job, at most 50; keys of 1 to 128 and values of at most 256 letters, digits, spaces
            and ``_ . : / = + - @``. Tags of ``Tags.of()`` join them, and win over those with the same key.
            Default: no tags.
        role: The role with which Personalize reads the data, an ``IRole`` or a ``CfnRole``; it must trust
            ``personalize.amazonaws.com``. Unless it is immutable, a policy with what it needs for the data is attached
            to it. Its ARN has at most 256 characters. Default: a new role that can read the data and nothing else.
        job_name_prefix: How the names of jobs begin: 1 to 33 letters, digits, hyphens and underscores, the first
            a letter or digit. Default: the end of the construct's path.
        data_version: Any text; a change of it imports the data again. Default: no version.
        wait_for_completion: Whether the deployment waits until the data is in the dataset. If not, it goes on
            when Personalize has accepted the job, whatever becomes of it. Default: it waits.
        preflight: Whether what is certain to make the job fail is looked for before it starts: a missing column,
            values of another type than the schema's, an empty folder. Data that is only doubtful is left to
            Personalize. Takes permissions to describe the dataset and to read the data. Default: it is looked for.
        timeout: How long the deployment waits: 1 minute to 24 hours. CloudFormation waits at most one hour for a
            resource, of which 57 minutes are left to the job; a longer time becomes a chain of resources. The job
            itself goes on after the timeout, since Personalize can't stop it. Default: 1 hour.
        poll_interval: The closest spacing of two looks at the job: 1 second to 10 minutes, and not over
            ``timeout``. Long jobs are looked at less often while they can't be done. A job that can't be started
            yet, because five others run for one, is tried every minute at the latest. Default: 5 seconds.

    Raises:
        TypeError: An argument is of the wrong type.
        ValueError: An argument has a value that Personalize, CloudFormation or this construct does not allow; the
            text names the argument, the value and what is allowed.
    """

    @staticmethod
    def from_dataset_import_job_arn(
        scope: Construct, construct_id: str, dataset_import_job_arn: str
    ) -> IDatasetImportJob:
        """Refer to a job that was made elsewhere.

        Args:
            scope: Scope of the reference.
            construct_id: Id of the reference in its scope.
            dataset_import_job_arn: ARN of the job.

        Raises:
            ValueError: The text is no such ARN.
        """
        Checks(scope, construct_id).dataset_import_job_arn(dataset_import_job_arn)
        return ImportedDatasetImportJob(scope, construct_id, dataset_import_job_arn)

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        dataset_arn: str | None = None,
        dataset: IDatasetRef | None = None,
        data_source: DataSource,
        import_mode: ImportMode = ImportMode.FULL,
        adds_to: IDatasetImportJob | None = None,
        publish_attribution_metrics_to_s3: bool = False,
        tags: Mapping[str, str] | None = None,
        role: iam.IRole | IRoleRef | None = None,
        job_name_prefix: str | None = None,
        data_version: str | None = None,
        wait_for_completion: bool = True,
        preflight: bool = True,
        timeout: cdk.Duration | None = None,
        poll_interval: cdk.Duration | None = None,
    ) -> None:
        checks = Checks(scope, construct_id)
        arguments = Arguments.checked(
            checks,
            adds_to=adds_to,
            dataset_arn=dataset_arn,
            dataset=dataset,
            data_source=data_source,
            import_mode=import_mode,
            publish_attribution_metrics_to_s3=publish_attribution_metrics_to_s3,
            tags=tags,
            role=role,
            job_name_prefix=job_name_prefix,
            data_version=data_version,
            wait_for_completion=wait_for_completion,
            preflight=preflight,
            timeout=timeout,
            poll_interval=poll_interval,
        )
        super().__init__(scope, construct_id)
        for warning in arguments.warnings:
            cdk.Annotations.of(self).add_warning_v2("cdk-personalize-import:data", warning)
        self._tags = JobTags(arguments.tags, checks.construct_path)
        self._add(Provider.of(checks.stack), arguments)

    def _add(self, provider: Provider, arguments: Arguments) -> None:
        """Add the resources to the stack, and give everybody their permissions."""
        permissions, dataset = provider.permissions, arguments.dataset
        origin = arguments.data_source._origin
        data = origin.bind(self)
        self._role, needed = allow_reading(
            self, permissions, data, arguments.role, preflight=arguments.preflight, reported=arguments.reported
        )
        needed += [provider.schedule_group, *([data.ready] if data.ready else [])]
        policy = permissions.function_policy
        policy.allow_describing(dataset.policy_arn)
        if arguments.preflight:
            policy.allow_describing_schema(dataset.schema_arn)
        policy.allow_import(dataset.policy_arn, arguments.job_name_prefix)
        policy.allow_tagging(self._tags)
        properties = {
            **arguments.properties,
            "ServiceToken": provider.function_arn,
            "DataLocation": data.location,
            "RoleArn": role_arn(self._role),
        }
        final = FinalProperties(self._tags, dataset, permissions.stack)
        links = _links.add_links(self, arguments.timeout, {**properties, **final.early}, needed)
        self._last = links[-1]
        self._made = MadeImport(
            provider=provider,
            links=links,
            properties=properties,
            tags=self._tags,
            dataset=dataset,
            adds_to=arguments.adds_to,
            import_mode=arguments.import_mode,
            timeout=arguments.timeout,
            origin=origin,
        )
        if arguments.adds_to is not None:
            arguments.adds_to.add_follower(self._made)
        ImportsOfStage.of(permissions.stack).add(self, self._made)
        provider.last_look.add(final.look_at(links))
        provider.last_look.add(last_warnings(self, links[0], data.bucket, origin, arguments.role))

    @property
    def dataset_import_job_arn(self) -> str:
        """ARN of the job, a token that resolves when the import is done."""
        return self._last.get_att("DatasetImportJobArn").to_string()

    @property
    def dataset_import_job_name(self) -> str:
        """Name of the job, a token that resolves when the import is done."""
        return self._last.get_att("JobName").to_string()

    @property
    def status(self) -> str:
        """Status of the job when the deployment went on, a token.

        ``ACTIVE``; with ``wait_for_completion=False`` also ``CREATE PENDING`` or ``CREATE IN_PROGRESS``.
        """
        return self._last.get_att("Status").to_string()

    @property
    def role(self) -> iam.IRole:
        """The role with which Personalize reads the data."""
        return self._role

    @property
    @jsii.member(jsii_name="cdkTagManager")
    def cdk_tag_manager(self) -> cdk.TagManager:
        """The tags of the job, for ``Tags.of()``."""
        return self._tags.manager

    def metric(self, metric_name: str, **options: Any) -> cloudwatch.Metric:
        """Return a metric that Personalize publishes for the imports of this job.

        See https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html

        Args:
            metric_name: Name of a metric with the dimensions of dataset import jobs, ``DatasetSize`` for one.
            **options: Properties of ``aws_cloudwatch.Metric``, ``period`` for one.
        """
        prefix, group = (cdk.Fn.select(part, cdk.Fn.split("/", self._made.dataset.arn)) for part in (0, 1))
        # A dataset's ARN is its group's with another kind: ...:dataset/<group>/<type>, ...:dataset-group/<group>.
        dimensions = {
            "DatasetGroupArn": f"{prefix}-group/{group}",
            "DatasetArn": self._made.dataset.arn,
            "DatasetImportJobArn": self.dataset_import_job_arn,
        }
        properties = {"dimensions_map": dimensions, "statistic": "Average"} | options
        return cloudwatch.Metric(namespace="AWS/Personalize", metric_name=metric_name, **properties).attach_to(self)

    def metric_execution_time(self, **options: Any) -> cloudwatch.Metric:
        """Return the time from the start of the job to its end, in seconds. Default: the average.

        Args:
            **options: Properties of ``aws_cloudwatch.Metric``, ``period`` for one.
        """
        return self.metric("DatasetImportJobExecutionTime", **{"unit": cloudwatch.Unit.SECONDS} | options)
