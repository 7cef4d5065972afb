"""A function's folder and environment, and the processes that run it: AWS's runtime client and the embedded AWS's."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from runtime.aws import STACK_ID, Aws
from runtime.lambda_runtime import ARN, LambdaRuntime
from runtime.stand_in import StandIn
from shop import Shop, Templates

from local_aws.clock import Clock
from local_aws.cloudformation.response_url import ResponseServer
from locks.install import VENV, install_apart

GROUP, SCHEDULE_ROLE = "personalize-import-polls", "arn:aws:iam::111122223333:role/schedules"
# The libraries that Lambda's images have brought.
LIBRARIES = ("oldest", "newest")
STAND_IN = "embedded AWS"

Runtime = LambdaRuntime | StandIn


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where there is no runtime client."""
    if not sys.platform.startswith("linux"):
        for item in items:
            item.add_marker(pytest.mark.skip(reason="awslambdaric has wheels for Linux only"))


@pytest.fixture(scope="session")
def asset(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The function's folder as the construct deploys it, and the name of its handler."""
    shop = Shop()
    shop.job()
    templates = Templates(shop.app)
    [package] = Path(templates.assembly.directory).glob("asset.*/cdk_personalize_import_handler")
    function = templates.of(shop.stack).one("AWS::Lambda::Function", "ImportJobProvider")["Properties"]
    return package.parent, function["Handler"]


@pytest.fixture(scope="session")
def aws() -> Iterator[Aws]:
    with closing(Aws(GROUP, SCHEDULE_ROLE)) as aws:
        yield aws


@pytest.fixture(scope="session")
def ca_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of whoever signs that of the replies' server."""
    return tmp_path_factory.mktemp("replies") / "ca.pem"


@pytest.fixture(scope="session")
def replies(ca_bundle: Path) -> Iterator[ResponseServer]:
    """Where replies go: over TLS, to signed URLs, as on AWS."""
    with closing(ResponseServer(Clock(speed=1), ca_bundle)) as server:
        yield server


@pytest.fixture(scope="session")
def start(aws: Aws, ca_bundle: Path) -> Iterator[Callable[..., Runtime]]:
    """Starts the process of a function, of a kind: that of a set of libraries, or the embedded AWS's."""
    endpoint = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws.server_port}", "SSL_CERT_FILE": str(ca_bundle)}
    with ExitStack() as running:

        def start(kind: str, folder: Path, handler: str, **variables: str) -> Runtime:
            environment = _variables(folder, handler) | endpoint | variables
            if kind == STAND_IN:
                return running.enter_context(closing(StandIn(folder, environment)))
            python = install_apart(f"lambda-{kind}", VENV / f"lambda-{kind}")
            return running.enter_context(closing(LambdaRuntime(folder, environment, python)))

        yield start


def _variables(folder: Path, handler: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "TZ": "UTC",
        "_HANDLER": handler,
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_SESSION_TOKEN": "example",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.14",
        "AWS_LAMBDA_FUNCTION_NAME": ARN.rpartition(":")[2],
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/imports",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
        "SCHEDULE_GROUP_NAME": GROUP,
        "SCHEDULE_ROLE_ARN": SCHEDULE_ROLE,
        "STACK_ID": STACK_ID,
    }
