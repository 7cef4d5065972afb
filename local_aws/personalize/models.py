"""The Personalize backend: what creates resources, and what others add to it.

In place of moto's, which has schemas only. No model is trained, and nothing is recommended.
https://docs.aws.amazon.com/personalize/latest/dg/API_Operations_Amazon_Personalize.html
"""

import uuid
from typing import Any

from moto.core.base_backend import BackendDict

from local_aws.personalize.avro import check_schema
from local_aws.personalize.dataset_import_jobs import DatasetImportJobs
from local_aws.personalize.errors import already_exists, invalid_input, limit_exceeded
from local_aws.personalize.resource import ACTIVE
from personalize_csv.schema import SchemaError, dataset_type

_MAX_SCHEMAS = 500
_LEAST_INTERACTIONS = 1000
"""https://docs.aws.amazon.com/personalize/latest/dg/limits.html"""


class PersonalizeBackend(DatasetImportJobs):
    """Personalize in one account and region.

    Attributes:
        dataset_group_quota: How many dataset groups there may be. AWS raises it on request.
    """

    dataset_group_quota = 5

    def create_schema(self, request: dict[str, Any]) -> dict[str, Any]:
        schema = self._new("Schema", request["name"], request)
        check_schema(request["schema"], request.get("domain"))
        if len(self._of("Schema")) >= _MAX_SCHEMAS:
            raise limit_exceeded(f"More than {_MAX_SCHEMAS} active schemas.")
        schema.status = ACTIVE
        self.resources[schema.arn] = schema
        return {"schemaArn": schema.arn}

    def create_dataset_group(self, request: dict[str, Any]) -> dict[str, Any]:
        group = self._new("DatasetGroup", request["name"], request)
        if len(self._of("DatasetGroup")) >= self.dataset_group_quota:
            raise limit_exceeded(f"More than {self.dataset_group_quota} active dataset groups.")
        domain = {"domain": request["domain"]} if request.get("domain") else {}
        return {**self._create(group), **domain}

    def create_dataset(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            kind = dataset_type(request["datasetType"])
        except SchemaError as error:
            raise invalid_input(str(error)) from error
        group = self._active(request["datasetGroupArn"], "DatasetGroup")
        schema = self._resource(request["schemaArn"], "Schema")
        name = f"{group.request['name']}/{kind.upper()}"
        dataset = self._new("Dataset", name, {**request, "datasetType": request["datasetType"].upper()})
        check_schema(schema.request["schema"], schema.request.get("domain"), kind)
        if schema.request.get("domain") != group.request.get("domain"):
            raise invalid_input(f"The domain of schema {schema.arn} is not that of dataset group {group.arn}.")
        return self._create(dataset)

    def create_solution(self, request: dict[str, Any]) -> dict[str, Any]:
        self._active(request["datasetGroupArn"], "DatasetGroup")
        return self._create(self._new("Solution", request["name"], request))

    def create_solution_version(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make a version, which fails, as training does, where the group has too few interactions to learn from."""
        solution = self._active(request["solutionArn"], "Solution")
        group, name = solution.request["datasetGroupArn"], request.get("name")
        if name and (others := self._of("SolutionVersion", solutionArn=solution.arn, name=name)):
            raise already_exists(others[0].arn)
        version = self._new("SolutionVersion", "", {**request, "datasetGroupArn": group})
        version.arn = f"{solution.arn}/{uuid.uuid4().hex[:8]}"
        datasets = self._of("Dataset", datasetGroupArn=group, datasetType="INTERACTIONS")
        count = sum(len(dataset.records) for dataset in datasets)
        if count < _LEAST_INTERACTIONS:
            version.failure_reason = (
                f"The dataset group has {count} interactions. At least {_LEAST_INTERACTIONS} are needed to train."
            )
        return self._create(version)

    def create_event_tracker(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make a tracker: its tracking id only, no events arrive."""
        group = self._active(request["datasetGroupArn"], "DatasetGroup")
        if others := self._of("EventTracker", datasetGroupArn=group.arn):
            raise already_exists(others[0].arn)
        more = {"accountId": self.account_id, "trackingId": str(uuid.uuid4())}
        tracker = self._new("EventTracker", more["trackingId"][:8], request | more)
        return {**self._create(tracker), "trackingId": more["trackingId"]}


personalize_backends = BackendDict(PersonalizeBackend, "personalize")
