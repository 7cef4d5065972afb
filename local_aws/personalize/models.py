"""The Personalize backend: dataset groups, schemas, datasets, and what others add to them.

In place of moto's, which has schemas only. https://docs.aws.amazon.com/personalize/latest/dg/API_Operations_Amazon_Personalize.html
"""

from typing import Any

from moto.core.base_backend import BackendDict

from local_aws.personalize import exceptions, resources
from local_aws.personalize.avro import check_schema
from local_aws.personalize.paging import page
from local_aws.personalize.resource_states import resource_of
from local_aws.personalize.resources import Dataset, DatasetGroup, Resource, Schema
from local_aws.personalize.training import Training
from personalize_csv.schema import SchemaError, dataset_type

_MAX_SCHEMAS = 500


class PersonalizeBackend(Training):
    """Personalize in one account and region.

    Attributes:
        dataset_group_quota: How many dataset groups there may be. AWS raises it on request.
    """

    dataset_group_quota = 5

    # Schemas

    def create_schema(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            arn = self._new_arn("schema", request["name"], self.schemas)
            check_schema(request["schema"], request.get("domain"))
            if len(self.schemas) >= _MAX_SCHEMAS:
                raise exceptions.LimitExceededException(f"More than {_MAX_SCHEMAS} active schemas.")
            self.schemas[arn] = Schema(arn, request, self._now(), status=resources.ACTIVE)
            return {"schemaArn": arn}

    def describe_schema(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"schema": {**resource_of(self.schemas, request["schemaArn"]).description()}}

    def list_schemas(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(list(self.schemas.values()), "schemas", request)

    def delete_schema(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            schema = resource_of(self.schemas, request["schemaArn"])
            self._refuse_use(schema, (d for d in self.datasets.values() if d.request["schemaArn"] == schema.arn))
            del self.schemas[schema.arn]
            return {}

    # Dataset groups

    def create_dataset_group(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            arn = self._new_arn("dataset-group", request["name"], self.dataset_groups)
            if len(self.dataset_groups) >= self.dataset_group_quota:
                raise exceptions.LimitExceededException(f"More than {self.dataset_group_quota} active dataset groups.")
            self._create(self.dataset_groups, DatasetGroup(arn, request, self._now()))
            domain = {"domain": request["domain"]} if request.get("domain") else {}
            return {"datasetGroupArn": arn, **domain}

    def describe_dataset_group(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"datasetGroup": resource_of(self.dataset_groups, request["datasetGroupArn"]).description()}

    def list_dataset_groups(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(list(self.dataset_groups.values()), "datasetGroups", request)

    def delete_dataset_group(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            group = resource_of(self.dataset_groups, request["datasetGroupArn"])
            users: list[Resource] = [
                *self.datasets.values(),
                *self.solutions.values(),
                *self.event_trackers.values(),
            ]
            self._refuse_use(group, (user for user in users if user.request["datasetGroupArn"] == group.arn))
            self._delete(self.dataset_groups, group)
            return {}

    # Datasets

    def create_dataset(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            try:
                kind = dataset_type(request["datasetType"])
            except SchemaError as error:
                raise exceptions.InvalidInputException(str(error)) from error
            group = self._active(self.dataset_groups, request["datasetGroupArn"])
            schema = resource_of(self.schemas, request["schemaArn"])
            arn = self._new_arn("dataset", f"{group.name}/{kind.upper()}", self.datasets)
            check_schema(schema.request["schema"], schema.request.get("domain"), kind)
            if schema.request.get("domain") != group.request.get("domain"):
                raise exceptions.InvalidInputException(
                    f"The domain of schema {schema.arn} is not that of dataset group {group.arn}."
                )
            self._create(self.datasets, Dataset(arn, request, self._now()))
            return {"datasetArn": arn}

    def describe_dataset(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"dataset": resource_of(self.datasets, request["datasetArn"]).description()}

    def list_datasets(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(self._of(self.datasets, request, "datasetGroupArn"), "datasets", request)

    def delete_dataset(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            dataset = self._deletable(self.datasets, request["datasetArn"])
            jobs = (j for j in self.dataset_import_jobs.values() if j.request["datasetArn"] == dataset.arn)
            self._refuse_use(dataset, (job for job in jobs if job.is_being_created))
            self._delete(self.datasets, dataset)
            return {}


personalize_backends = BackendDict(PersonalizeBackend, "personalize")
