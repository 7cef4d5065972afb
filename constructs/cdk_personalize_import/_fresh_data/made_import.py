"""An import as it is made, for what is added to it afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk

from cdk_personalize_import._data.bucket_data import BucketData
from cdk_personalize_import._data.local_data import LocalData
from cdk_personalize_import._dataset import KnownDataset
from cdk_personalize_import._function.provider import Provider
from cdk_personalize_import._import_mode import ImportMode
from cdk_personalize_import._job_tags import JobTags


@dataclass
class MadeImport:
    """What was made of an import.

    Attributes:
        provider: The function of the import's stack.
        links: The custom resources, of which the first one starts the job.
        properties: What all of them have, but for the tags.
        tags: The tags of its jobs.
        dataset: The dataset.
        import_mode: The import mode.
        timeout: How long a deployment waits for the job, in seconds.
        origin: Where the data comes from.
        adds_to: The import that this one adds to, if it is told.
        sends_events: Whether the end of each import is told as an event.
        has_due_imports: Whether there are imports between deployments.
        followers: The imports of the stack that add to this one, and so follow it.
        added: Ids of what was added afterwards. What depends on the import doesn't depend on these.
    """

    provider: Provider
    links: Sequence[cdk.CfnResource]
    properties: Mapping[str, Any]
    tags: JobTags
    dataset: KnownDataset
    import_mode: ImportMode
    timeout: int
    origin: BucketData | LocalData
    adds_to: MadeImport | None = None
    sends_events: bool = False
    has_due_imports: bool = False
    followers: list[MadeImport] = field(default_factory=list)
    added: set[str] = field(default_factory=set)

    @property
    def logical_id(self) -> str:
        """Logical id of the resource that starts the job, a token: by it the function knows whose a job is."""
        return self.links[0].logical_id

    @property
    def job_arn(self) -> str:
        """ARN of the job, a token that resolves when the deployment has done with the job."""
        return self.links[-1].get_att("DatasetImportJobArn").to_string()

    def import_between_deployments(self) -> None:
        """Let Delete end imports between deployments before it waits for what runs."""
        for made in (self, *self.all_followers()):
            made.has_due_imports = True
            for link in made.links:
                link.add_property_override("DueImports", "true")

    def add_follower(self, follower: MadeImport) -> None:
        """Let an import that adds to this one follow its imports between deployments."""
        self.followers.append(follower)
        if self.has_due_imports:
            follower.import_between_deployments()

    def all_followers(self) -> list[MadeImport]:
        """Return the imports that add to this one, and those that add to them."""
        return [found for follower in self.followers for found in (follower, *follower.all_followers())]

    def send_events(self) -> None:
        """Let the function tell the end of each import as an event."""
        if not self.sends_events:
            self.sends_events = True
            self.provider.permissions.function_policy.allow_events()
            for link in self.links:
                link.add_property_override("SendEvents", "true")
