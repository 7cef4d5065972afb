"""A request for ``Custom::PersonalizeDatasetImportJob``, read into typed values.

On a rollback and a Delete, CloudFormation sends the properties that an earlier version of the template had. A value
that is missing or unreadable only matters when something has to be started with it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from cdk_personalize_import_handler.custom_resource.names import id_without_result, request_hash
from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError, flag, seconds, text
from cdk_personalize_import_handler.custom_resource.request import Request
from cdk_personalize_import_handler.dataset_import.job_name import JobName
from cdk_personalize_import_handler.dataset_import.progress import Progress
from cdk_personalize_import_handler.dataset_import.properties import Tag, tags_of
from cdk_personalize_import_handler.dataset_import.spec import ImportSpec

KIND = "dataset-import-job"


@dataclass(frozen=True, eq=False, repr=False)
class ImportRequest(Request):
    """One request for an import.

    Attributes:
        spec: What the resource asks for.
        old_spec: What it asked for before an Update.
        old_job_name: The job that a link of a chain waited for before an Update.
        job_name: The name of the job that this request starts.
        is_link: Whether the resource continues the wait of an earlier one in a chain.
        hand_over: Whether a later resource in a chain continues the wait of this one.
        sends_events: Whether somebody listens to the ends of imports.
        has_due_imports: Whether there are, or were before an Update, imports between deployments.
        progress: How far earlier invocations for this request have come.
    """

    spec: ImportSpec
    old_spec: ImportSpec
    old_job_name: str
    role_arn: str
    tags: tuple[Tag, ...]
    job_name: JobName
    is_link: bool
    hand_over: bool
    wait_for_completion: bool
    poll_interval: float
    preflight: bool
    sends_events: bool
    has_due_imports: bool
    progress: Progress

    @property
    def dataset_arn(self) -> str:
        """The ARN of the dataset that receives the data."""
        return self.spec.dataset_arn

    @property
    def data_location(self) -> str:
        """The S3 URL of the data."""
        return self.spec.data_location

    @property
    def import_mode(self) -> str:
        """FULL or INCREMENTAL."""
        return self.spec.import_mode

    @property
    def dataset_changes(self) -> bool:
        """Whether an Update changes what makes CloudFormation replace the dataset."""
        new, old = self.properties.get("DatasetDefinition"), self.old_properties.get("DatasetDefinition")
        return new is not None and old is not None and new != old

    @property
    def job_arn(self) -> str:
        """The ARN that the job of this request has, or will have."""
        return self.arn_of(str(self.job_name))

    def arn_of(self, job_name: str) -> str:
        """Return the ARN of a job that imports into the dataset."""
        account_and_region = ":".join(self.dataset_arn.split(":")[:5])
        return f"{account_and_region}:{KIND}/{job_name}"

    @property
    def stable_id(self) -> str:
        """A PhysicalResourceId for a request that comes to no job."""
        return self.physical_resource_id or self.id_without_job

    @property
    def id_without_job(self) -> str:
        """The PhysicalResourceId of a resource that never had a job."""
        return id_without_result(KIND, self.stack_id, self.logical_resource_id)

    @property
    def has_own_id(self) -> bool:
        """Whether the PhysicalResourceId is one that this software replied with."""
        return self.physical_resource_id == self.id_without_job or f":{KIND}/" in self.physical_resource_id

    def require_properties(self) -> None:
        """Raise InvalidRequestError when a property is missing without which no job can be started."""
        required = {"DatasetArn": self.dataset_arn, "DataLocation": self.data_location, "RoleArn": self.role_arn}
        missing = [name for name, value in required.items() if not value]
        if missing:
            raise InvalidRequestError(f"required property missing: {', '.join(missing)}")


def read_import(request: Request) -> ImportRequest:
    """Read what a request says about the import.

    Raises:
        InvalidRequestError: PollInterval is not a number.
    """
    properties = request.properties
    spec = ImportSpec.read(properties)
    earlier_link = JobName.parse(text(properties, "JobName"))
    job_name = earlier_link or JobName(
        prefix=text(properties, "JobNamePrefix") or request.logical_resource_id,
        resource=request.resource,
        spec=spec.hash,
        request=request_hash(request.request_id),
    )
    # A resource must be deletable whatever its properties were.
    strict = request.request_type != "Delete"
    return ImportRequest(
        **{field.name: getattr(request, field.name) for field in fields(Request)},
        spec=spec,
        old_spec=ImportSpec.read(request.old_properties),
        old_job_name=text(request.old_properties, "JobName"),
        role_arn=text(properties, "RoleArn"),
        tags=tags_of(properties),
        job_name=job_name,
        is_link=earlier_link is not None,
        hand_over=flag(properties, "HandOver", default=False),
        wait_for_completion=flag(properties, "WaitForCompletion", default=True),
        poll_interval=seconds(properties, "PollInterval", default=5, strict=strict),
        preflight=flag(properties, "Preflight", default=False),
        sends_events=flag(properties, "SendEvents", default=False),
        has_due_imports=any(flag(of, "DueImports", default=False) for of in (properties, request.old_properties)),
        progress=Progress.recall(request.memory),
    )
