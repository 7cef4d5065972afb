"""``Custom::PersonalizeDatasetImportJob``: a resource that is there when its data is in the dataset."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Protocol

from cdk_personalize_import_handler.custom_resource.invocation import Invocation
from cdk_personalize_import_handler.custom_resource.outcome import Finished, Outcome
from cdk_personalize_import_handler.custom_resource.request import Request
from cdk_personalize_import_handler.dataset_import.import_request import KIND, ImportRequest, read_import
from cdk_personalize_import_handler.dataset_import.import_step import ImportStep
from cdk_personalize_import_handler.dataset_import.jobs import DatasetImportJobs
from cdk_personalize_import_handler.dataset_import.step import UNLISTED, Surroundings
from cdk_personalize_import_handler.dataset_import.telling import DEPLOYMENT, take_and_tell

if TYPE_CHECKING:
    from cdk_personalize_import_handler.dataset_import.preflight import Verdict

logger = logging.getLogger(__name__)

DUE, PENDING = "due", "pending"
"""How the names of the schedules of imports between deployments end."""


class Clients(Protocol):
    """The AWS clients that an import needs."""

    @property
    def personalize(self) -> Any: ...  # noqa: D102
    @property
    def s3(self) -> Any: ...  # noqa: D102
    @property
    def events(self) -> Any: ...  # noqa: D102


class DatasetImport:
    """The custom resource.

    Each look is one idempotent step: see where the import stands, start it if it isn't there, say what to answer. The
    first invocation of a request and every poll take the same step. So a request that arrives twice, a lost reply of
    the service and a function that dies half-way all come to the same end.

    Args:
        clients: The AWS clients.
    """

    kind = KIND
    noun = "job"

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def interval(self, request: Request) -> float:
        """Return how many seconds lie between two polls that look, 0 where every poll does."""
        read = read_import(request)
        # What could not be started or seen yet is tried each minute.
        return read.poll_interval if read.progress.follows_job else 0.0

    def look(self, request: Request, invocation: Invocation) -> Outcome:
        """Take one step towards the end of a request."""
        read = read_import(request)
        if read.request_type != "Delete":
            read.require_properties()
            step = ImportStep(read, self.surroundings(read, invocation))
            return take_and_tell(step, DEPLOYMENT, self._clients, invocation.clock.time())
        # Only a Delete needs it.
        from cdk_personalize_import_handler.dataset_import.delete_step import DeleteStep

        due = (DUE, PENDING) if read.has_due_imports and not invocation.only_cleans_up() else ()
        was_due = any(invocation.polls_further(suffix) for suffix in due)
        outcome = DeleteStep(read, self.surroundings(read, invocation)).take()
        if not isinstance(outcome, Finished):
            return outcome
        was_due = was_due or invocation.end_further(due)
        unlisted_for = UNLISTED if was_due else read.issued_at + UNLISTED - invocation.clock.time()
        if (read.has_own_id and not was_due) or unlisted_for <= 0:
            return outcome
        # CloudFormation made the id up, so no reply to the Create arrived. It may be about to start its job, as may be
        # an import between deployments. That one's schedules stay meanwhile: a Delete that comes twice waits as well.
        invocation.clock.sleep(unlisted_for)
        invocation.end_older()
        invocation.end_further(due)
        return DeleteStep(read, self.surroundings(read, invocation)).take()

    def surroundings(self, request: ImportRequest, invocation: Invocation) -> Surroundings:
        """Return what a step needs besides the request."""
        return Surroundings(
            jobs=DatasetImportJobs(self._clients.personalize, request.dataset_arn),
            now=invocation.clock.time(),
            is_current=invocation.is_current,
            is_rolling_back=invocation.is_rolling_back,
            only_cleans_up=invocation.only_cleans_up,
            is_due=lambda: invocation.polls_further(DUE),
            preflight=lambda: self._preflight(request, invocation),
        )

    def _preflight(self, request: ImportRequest, invocation: Invocation) -> Verdict:
        # Only a request that is about to start a job needs it.
        from cdk_personalize_import_handler.dataset_import.preflight import check

        verdict = check(request, self._clients.personalize, self._clients.s3, invocation.clock)
        for warning in verdict.warnings:
            logger.warning("%s", warning)
        return verdict
