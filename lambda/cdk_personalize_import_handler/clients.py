"""The AWS clients of the function."""

from __future__ import annotations

import functools
from typing import Any, Protocol

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config

from cdk_personalize_import_handler.custom_resource import invocation as custom_resource
from cdk_personalize_import_handler.dataset_import import dataset_import


class Clients(custom_resource.Clients, dataset_import.Clients, Protocol):
    """The AWS clients, each made when it is first used."""


class Boto3Clients:
    """boto3's clients, which leave retries to the handler: every look and every poll is one."""

    @functools.cached_property
    def personalize(self) -> Any:
        """An Amazon Personalize client."""
        return self._client("personalize")

    @functools.cached_property
    def scheduler(self) -> Any:
        """An EventBridge Scheduler client."""
        return self._client("scheduler")

    @functools.cached_property
    def s3(self) -> Any:
        """An Amazon S3 client."""
        return self._client("s3")

    @functools.cached_property
    def cloudformation(self) -> Any:
        """An AWS CloudFormation client."""
        return self._client("cloudformation")

    @functools.cached_property
    def events(self) -> Any:
        """An Amazon EventBridge client."""
        return self._client("events")

    @functools.cached_property
    def _session(self) -> boto3.Session:
        session = botocore.session.get_session()
        session.register_component("data_loader", _Loader(extra_search_paths=[]))
        return boto3.Session(botocore_session=session)

    def _client(self, service: str) -> Any:
        # boto3's standard mode would repeat a full quota's LimitExceededException as if it were throttling.
        config = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 1})
        return self._session.client(service, config=config)


class _Loader(botocore.loaders.Loader):  # type: ignore[misc]
    """botocore's loader, without looking into the folders of some 400 services to find that there are these.

    That takes a tenth of the time until the function's first call.
    """

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
        return ["cloudformation", "events", "personalize", "s3", "scheduler"]
