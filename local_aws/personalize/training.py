"""What is made of datasets: solutions, their versions, event trackers. No model is trained, and nothing is recommended.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolutionVersion.html
"""

import uuid
from typing import Any

from local_aws.personalize import exceptions, resources
from local_aws.personalize.dataset_import_jobs import DatasetImportJobs
from local_aws.personalize.paging import page
from local_aws.personalize.resource_states import resource_of
from local_aws.personalize.resources import EventTracker, Solution, SolutionVersion

_LEAST_INTERACTIONS = 1000
"""https://docs.aws.amazon.com/personalize/latest/dg/limits.html"""


class Training(DatasetImportJobs):
    """The operations on solutions, solution versions and event trackers."""

    def create_solution(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._active(self.dataset_groups, request["datasetGroupArn"])
            arn = self._new_arn("solution", request["name"], self.solutions)
            self._create(self.solutions, Solution(arn, request, self._now()))
            return {"solutionArn": arn}

    def describe_solution(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"solution": resource_of(self.solutions, request["solutionArn"]).description()}

    def list_solutions(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(self._of(self.solutions, request, "datasetGroupArn"), "solutions", request)

    def delete_solution(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            solution = self._deletable(self.solutions, request["solutionArn"])
            versions = self._of(self.solution_versions, request, "solutionArn")
            self._refuse_use(solution, (version for version in versions if version.is_being_created))
            self._delete(self.solutions, solution)
            for version in versions:
                del self.solution_versions[version.arn]
            return {}

    def create_solution_version(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make a version, which fails, as training does, where the group has too few interactions to learn from."""
        with self._lock:
            solution = self._active(self.solutions, request["solutionArn"])
            arn = f"{solution.arn}/{uuid.uuid4().hex[:8]}"
            for version in self._of(self.solution_versions, request, "solutionArn"):
                if "name" in request and version.request.get("name") == request["name"]:
                    raise exceptions.ResourceAlreadyExistsException(version.arn)
            group = solution.request["datasetGroupArn"]
            datasets = [d for d in self.datasets.values() if d.request["datasetGroupArn"] == group]
            count = sum(len(dataset.records) for dataset in datasets if dataset.type == "INTERACTIONS")
            version = SolutionVersion(arn, {**request, "datasetGroupArn": group}, self._now())
            if count < _LEAST_INTERACTIONS:
                version.failure_reason = (
                    f"The dataset group has {count} interactions. At least {_LEAST_INTERACTIONS} are needed to train."
                )
            end = resources.CREATE_FAILED if version.failure_reason else resources.ACTIVE
            self._create(self.solution_versions, version, end)
            return {"solutionVersionArn": arn}

    def describe_solution_version(self, request: dict[str, Any]) -> dict[str, Any]:
        found = resource_of(self.solution_versions, request["solutionVersionArn"])
        return {"solutionVersion": found.description()}

    def list_solution_versions(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(self._of(self.solution_versions, request, "solutionArn"), "solutionVersions", request)

    def create_event_tracker(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            group = self._active(self.dataset_groups, request["datasetGroupArn"])
            for tracker in self._of(self.event_trackers, {"datasetGroupArn": group.arn}, "datasetGroupArn"):
                raise exceptions.ResourceAlreadyExistsException(tracker.arn)
            tracking_id = str(uuid.uuid4())
            arn = self._new_arn("event-tracker", tracking_id[:8], self.event_trackers)
            self._create(self.event_trackers, EventTracker(arn, {**request, "trackingId": tracking_id}, self._now()))
            return {"eventTrackerArn": arn, "trackingId": tracking_id}

    def describe_event_tracker(self, request: dict[str, Any]) -> dict[str, Any]:
        found = resource_of(self.event_trackers, request["eventTrackerArn"])
        return {"eventTracker": {"accountId": self.account_id, **found.description()}}

    def list_event_trackers(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(self._of(self.event_trackers, request, "datasetGroupArn"), "eventTrackers", request)

    def delete_event_tracker(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._delete(self.event_trackers, self._deletable(self.event_trackers, request["eventTrackerArn"]))
            return {}
