"""The execution environments of all functions: one for each invocation at a time, kept warm for the next one.

A function runs from its deployed zip with its own environment variables and its role's credentials.
"""

import contextlib
import hashlib
import io
import json
import os
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.core.exceptions import JsonRESTError

from local_aws import turn
from local_aws.account import Account
from local_aws.functions.execution_environment import ExecutionEnvironment
from local_aws.functions.log import FunctionLog
from local_aws.functions.variables import credentials, reserved_variables

_IDLE_REAL_SECONDS = 20.0


class ExecutionEnvironments:
    """Starts execution environments and keeps those that wait for an invocation."""

    def __init__(self, aws: Account) -> None:
        self._aws = aws
        self._idle: dict[ExecutionEnvironment, tuple[str, float]] = {}
        self._lent: set[ExecutionEnvironment] = set()
        self._lock = threading.Lock()
        self._closed = False

    @contextlib.contextmanager
    def lent(self, function: LambdaFunction) -> Iterator[ExecutionEnvironment]:
        """Lend an idle environment of a function's very code and configuration, or a new one, for a ``with`` block.

        Args:
            function: The function.

        Raises:
            JsonRESTError: The function's runtime isn't Python.
        """
        configuration = json.dumps(function.get_configuration(), default=str)
        environment = self._idle_one(configuration) or self._start(function)
        with self._lock:
            self._lent.add(environment)
            closed = self._closed
        if closed:
            environment.kill()
        try:
            yield environment
        finally:
            with self._lock:
                self._lent.discard(environment)
                keeps = environment.alive and not self._closed
                if keeps:
                    self._idle[environment] = (configuration, time.monotonic())
            if not keeps:
                environment.kill()

    def close(self) -> None:
        """Kill every process."""
        with self._lock:
            self._closed = True
            environments = [*self._idle, *self._lent]
        for environment in environments:
            environment.kill()

    def _idle_one(self, configuration: str) -> ExecutionEnvironment | None:
        """The environment of a configuration that was used last; those that weren't for a while are ended."""
        oldest = time.monotonic() - _IDLE_REAL_SECONDS
        with self._lock:
            retired = [each for each, (_, since) in self._idle.items() if since < oldest]
            found = [each for each, (of, since) in self._idle.items() if of == configuration and since >= oldest][-1:]
            for environment in (*retired, *found):
                del self._idle[environment]
        for environment in retired:
            environment.kill()
        return found[0] if found else None

    def _start(self, function: LambdaFunction) -> ExecutionEnvironment:
        if not str(function.run_time).startswith("python"):
            raise JsonRESTError(
                "InvalidRuntimeException", f"{function.run_time} functions don't run here, only Python's."
            )
        clock = self._aws.clock
        stream = f"{clock.now():%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
        log = FunctionLog(self._aws, function, stream)
        folder = self._unpacked([(function.code_sha_256, function.code_bytes)])
        layers = self._layers(function)
        variables = {
            **function.environment_vars,
            **reserved_variables(function, folder, layers, log),
            **credentials(self._aws, function),
            # What ties the process to this AWS; nothing of the user's own configuration reaches the function.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self._aws.endpoint,
            "AWS_ENDPOINT_URL_S3": self._aws.endpoint,
            "SSL_CERT_FILE": str(self._aws.ca_bundle),
            "LOCAL_AWS_CLOCK": clock.variable,
        }
        return ExecutionEnvironment(clock, folder, variables, log.write)

    @turn.taken()
    def _layers(self, function: LambdaFunction) -> Path | None:
        """What Lambda mounts as ``/opt``: the function's layers, a later one over an earlier one."""
        if not function.layers:
            return None
        backend = lambda_backends[function.account_id][function.region]
        versions = [backend.layers_versions_by_arn(layer["Arn"]) for layer in function.layers]
        return self._unpacked([(version.code_sha_256, version.code_bytes) for version in versions if version])

    def _unpacked(self, archives: list[tuple[str, bytes]]) -> Path:
        """The folder of what archives hold, by their digests: unpacked once for each content."""
        name = hashlib.sha256("".join(digest for digest, _ in archives).encode()).hexdigest()
        folder = self._aws.directory / "functions" / name
        with self._lock:
            if not folder.exists():
                folder.mkdir(parents=True)
                for _, content in archives:
                    with zipfile.ZipFile(io.BytesIO(content)) as archive:
                        archive.extractall(folder)
        return folder
