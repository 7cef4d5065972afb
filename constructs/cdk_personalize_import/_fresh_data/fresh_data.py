"""What can be added to an import: imports between deployments, events, metrics, alarms."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct, Dependable, IConstruct

from cdk_personalize_import._checks import Checks
from cdk_personalize_import._data.bucket_data import BucketData
from cdk_personalize_import._fresh_data import metrics
from cdk_personalize_import._fresh_data.finished_rule import add_rule
from cdk_personalize_import._fresh_data.import_schedule import add_schedule
from cdk_personalize_import._fresh_data.import_upload import add_upload
from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._import_mode import ImportMode
from cdk_personalize_import._job_reference import DatasetImportJobBase

_QUIET_SECONDS = (60, 24 * 3600)
_AGE_SECONDS = (3600, 7 * 24 * 3600)


class FreshData(DatasetImportJobBase):
    """An import that goes on between deployments, and tells how it ended."""

    _made: MadeImport

    def import_on_schedule(
        self,
        construct_id: str,
        *,
        schedule: events.Schedule | scheduler.ScheduleExpression,
        import_mode: ImportMode | None = None,
    ) -> None:
        """Import the data again and again, between deployments.

        An import that is due while another one of the construct runs or waits joins that one. One that can't start
        within ``timeout``, because of the quota for one, fails; nobody's deployment waits for it. ``on_failed`` and
        ``alarm_on_failure`` tell about it.

        Args:
            construct_id: Id of the schedule, unique in the import.
            schedule: When: ``events.Schedule.rate(...)``, or a ``scheduler.ScheduleExpression`` with a time zone.
            import_mode: Whether the data replaces what was imported before, or adds to it. Default: the import's own.

        Raises:
            TypeError: An argument is of the wrong type.
        """
        checks = Checks(self, construct_id)
        if not hasattr(schedule, "expression_string"):
            checks.refuse("schedule", "an events.Schedule or a scheduler.ScheduleExpression", schedule, TypeError)
        if import_mode is not None:
            checks.member("import_mode", import_mode, ImportMode)
        self._mark_as_added(construct_id)
        add_schedule(self, construct_id, self._made, schedule, import_mode)

    def import_on_upload(
        self, construct_id: str, *, quiet_period: cdk.Duration | None = None, suffix: str | None = None
    ) -> None:
        """Import the data when new objects have been written under the data source's key.

        The bucket sends its events to EventBridge; a bucket that was made elsewhere must be set to do so, as a warning
        says. All uploads until there has been none for the quiet period become one import; uploads while an import
        runs become one more import after it.

        Args:
            construct_id: Id of the rule, unique in the import.
            quiet_period: How long there has been no further upload when the import starts: 1 minute to 1 day.
                Default: 5 minutes.
            suffix: How the key of an upload ends that counts, ``"_SUCCESS"`` for a marker that is written last.
                For folders only. Default: each upload counts.

        Raises:
            TypeError: An argument is of the wrong type.
            ValueError: The data is local, or an argument has a value that isn't allowed.
        """
        checks = Checks(self, construct_id)
        origin = self._made.origin
        if not isinstance(origin, BucketData):
            checks.refuse("data_source", "data in a bucket for import_on_upload()", "local data")
        seconds = 300 if quiet_period is None else checks.duration("quiet_period", quiet_period, _QUIET_SECONDS)
        if suffix is not None:
            allowed = 'the end of the key of an object in a folder, and the data source a key that ends in "/"'
            if not checks.text("suffix", suffix) or not origin.key.endswith("/"):
                checks.refuse("suffix", allowed, suffix)
        self._mark_as_added(construct_id)
        add_upload(self, construct_id, self._made, origin, seconds, suffix)

    def on_succeeded(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | dict[str, Any] | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Define a rule for imports of this construct whose data is in the dataset.

        The event comes at least once, on deployments as well; the event of the deployment that makes the rule can
        come before it.

        Args:
            construct_id: Id of the rule, unique in the import.
            target: What the rule invokes. Default: nothing, until ``add_target``.
            cross_stack_scope: Scope for what the rule needs in the stack of a target elsewhere. Default: none.
            description: Description of the rule. Default: none.
            event_pattern: What else the events must be like. Default: nothing else.
            rule_name: Name of the rule. Default: CloudFormation makes one.
        """
        return self._on("SUCCEEDED", construct_id, target, event_pattern, cross_stack_scope, description, rule_name)

    def on_failed(
        self,
        construct_id: str,
        *,
        target: events.IRuleTarget | None = None,
        cross_stack_scope: Construct | None = None,
        description: str | None = None,
        event_pattern: events.EventPattern | dict[str, Any] | None = None,
        rule_name: str | None = None,
    ) -> events.Rule:
        """Define a rule for imports of this construct that failed, or could not be started in time.

        Args:
            construct_id: Id of the rule, unique in the import.
            target: What the rule invokes. Default: nothing, until ``add_target``.
            cross_stack_scope: Scope for what the rule needs in the stack of a target elsewhere. Default: none.
            description: Description of the rule. Default: none.
            event_pattern: What else the events must be like. Default: nothing else.
            rule_name: Name of the rule. Default: CloudFormation makes one.
        """
        return self._on("FAILED", construct_id, target, event_pattern, cross_stack_scope, description, rule_name)

    def metric_succeeded(self, **options: Any) -> cloudwatch.Metric:
        """Return the number of imports that succeeded, on deployments and between them. Default: the sum.

        Args:
            **options: Properties of ``aws_cloudwatch.Metric``, ``period`` for one.
        """
        return self._metric("Succeeded", **{"statistic": "Sum"} | options)

    def metric_failed(self, **options: Any) -> cloudwatch.Metric:
        """Return the number of imports that failed or could not be started in time. Default: the sum.

        Args:
            **options: Properties of ``aws_cloudwatch.Metric``, ``period`` for one.
        """
        return self._metric("Failed", **{"statistic": "Sum"} | options)

    def metric_duration(self, **options: Any) -> cloudwatch.Metric:
        """Return how long imports took from their start to their end, in seconds. Default: the average.

        Args:
            **options: Properties of ``aws_cloudwatch.Metric``, ``period`` for one.
        """
        return self._metric("Duration", **{"statistic": "Average", "unit": cloudwatch.Unit.SECONDS} | options)

    def metric_waited(self, **options: Any) -> cloudwatch.Metric:
        """Return how long imports waited until they could start, for the quota say, in seconds. Default: the average.

        Args:
            **options: Properties of ``aws_cloudwatch.Metric``, ``period`` for one.
        """
        return self._metric("Waited", **{"statistic": "Average", "unit": cloudwatch.Unit.SECONDS} | options)

    def alarm_if_older_than(self, construct_id: str, age: cdk.Duration) -> cloudwatch.Alarm:
        """Define an alarm that goes on when the data in the dataset is older than that: no import has succeeded since.

        It is made after the first import. A deployment with ``wait_for_completion=False`` doesn't see the end of its
        import, so until the next one the alarm is on.

        Args:
            construct_id: Id of the alarm, unique in the import.
            age: Whole hours, 1 hour to 7 days.

        Raises:
            TypeError: The age is no Duration.
            ValueError: The age isn't allowed.
        """
        checks = Checks(self, construct_id)
        seconds = checks.duration("age", age, _AGE_SECONDS)
        if seconds % 3600:
            checks.refuse("age", "a number of whole hours", age.to_human_string())
        self._mark_as_added(construct_id)
        return metrics.alarm_if_older_than(self, construct_id, self._made, self.metric_succeeded(), seconds // 3600)

    def alarm_on_failure(self, construct_id: str) -> cloudwatch.Alarm:
        """Define an alarm that goes on when an import of this construct has failed.

        Args:
            construct_id: Id of the alarm, unique in the import.
        """
        self._mark_as_added(construct_id)
        return metrics.alarm_on_failure(self, construct_id, self.metric_failed())

    def _mark_as_added(self, construct_id: str) -> None:
        """Let what depends on the import wait for the import, and not for what is added afterwards.

        The target of a rule, or what a schedule starts, may itself depend on the import.
        """
        if not self._made.added:
            Dependable.implement(self, _ImportOnly(self))
        self._made.added.add(construct_id)

    def _on(
        self,
        status: str,
        construct_id: str,
        target: events.IRuleTarget | None,
        event_pattern: events.EventPattern | dict[str, Any] | None,
        cross_stack_scope: Construct | None,
        description: str | None,
        rule_name: str | None,
    ) -> events.Rule:
        self._mark_as_added(construct_id)
        return add_rule(
            self,
            construct_id,
            self._made,
            status,
            target=target,
            event_pattern=event_pattern,
            cross_stack_scope=cross_stack_scope,
            description=description,
            rule_name=rule_name,
        )

    def _metric(self, name: str, **options: Any) -> cloudwatch.Metric:
        return metrics.metric(self._made, name, **options).attach_to(self)


class _ImportOnly(Dependable):
    def __init__(self, job: FreshData) -> None:
        super().__init__()
        self._job = job

    @property
    @jsii.member(jsii_name="dependencyRoots")
    def dependency_roots(self) -> list[IConstruct]:
        return [child for child in self._job.node.children if child.node.id not in self._job._made.added]
