"""The embedded AWS runs a function as AWS's own runtime client does: what it sees, what it logs, and how it ends."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from runtime import probe
from runtime.conftest import LIBRARIES, STAND_IN
from runtime.lambda_runtime import Ended, LambdaRuntime

REQUEST_ID = "11111111-2222-3333-4444-555555555555"
KINDS = (*LIBRARIES, STAND_IN)
# What the runtime client says of every initialisation that fails, before it says why.
UNHANDLED = "LAMBDA_WARNING: Unhandled exception."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("code")
    shutil.copy(probe.__file__, folder)
    (folder / "raises.py").write_text("raise ValueError('at import')\n")
    (folder / "wrong.py").write_text("def handler(\n")
    (folder / "needs.py").write_text("import nothing_of_the_kind\n")
    (folder / "leaves.py").write_text("raise SystemExit(5)\n")
    return folder


@pytest.fixture(scope="module")
def probes(start: Any, folder: Path) -> dict[str, Any]:
    return {kind: start(kind, folder, "probe.handler") for kind in KINDS}


def everywhere(probes: dict[str, Any], do: str) -> Ended:
    """Have the probe do something in every process, and return what came of it, which must be the same."""
    oldest, newest, embedded = (plain(process.invoke({"do": do}, REQUEST_ID)) for process in probes.values())
    assert oldest == newest == embedded
    return newest


def plain(ended: Ended) -> Ended:
    """What has ended without what differs by chance: times, and on which of two ways printed lines arrive."""
    texts = (text.rstrip("\r\n") for text in (*ended.printed, *ended.log))
    log = [re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", text) for text in texts]
    return Ended(ended.payload, ended.error, [text for text in log if text != "imported" and UNHANDLED not in text])


def test_the_context(probes: dict[str, Any]) -> None:
    seen = everywhere(probes, "context").payload

    assert seen["aws_request_id"] == REQUEST_ID
    assert seen["left"] == ["int", True]


def test_the_libraries_that_are_in_sight(probes: dict[str, Any]) -> None:
    assert everywhere(probes, "environment").payload == [True]


def test_the_log(probes: dict[str, Any]) -> None:
    log = everywhere(probes, "logs").log

    assert log == [
        "printed",
        "in two lines",
        f"[WARNING]\tTIME\t{REQUEST_ID}\tone record\nof two lines",
        "past the logger",
    ]


@pytest.mark.parametrize("do", ["fail", "unserialisable"])
def test_errors(probes: dict[str, Any], do: str) -> None:
    ended = everywhere(probes, do)

    assert ended.error
    assert ended.log[-1].startswith(f"[ERROR] {ended.payload['errorType']}: ")


@pytest.mark.parametrize("do", ["logs", "fail"])
def test_the_log_as_json(start: Any, folder: Path, do: str) -> None:
    variables = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
    probes = {kind: start(kind, folder, "probe.handler", **variables) for kind in KINDS if kind != "oldest"}
    newest, embedded = (plain(process.invoke({"do": do}, REQUEST_ID)) for process in probes.values())

    assert newest == embedded


@pytest.mark.parametrize(("do", "status"), [("leave", 3), ("die", 4)])
def test_a_process_that_ends_itself(start: Any, folder: Path, do: str, status: int) -> None:
    for kind in KINDS:
        ended = start(kind, folder, "probe.handler").invoke({"do": do}, REQUEST_ID)
        assert ended.error
        assert ended.exit_status == status or ended.payload["errorMessage"].endswith(f"exit status {status}")


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("raises.handler", "ValueError"),
        ("wrong.handler", "Runtime.UserCodeSyntaxError"),
        ("needs.handler", "Runtime.ImportModuleError"),
        ("missing.handler", "Runtime.ImportModuleError"),
        ("probe.nothing", "Runtime.HandlerNotFound"),
        ("no-module", "Runtime.MalformedHandlerName"),
    ],
)
def test_an_initialisation_that_fails(start: Any, folder: Path, handler: str, kind: str) -> None:
    on_lambda = start("newest", folder, handler)
    assert isinstance(on_lambda, LambdaRuntime)
    embedded = start(STAND_IN, folder, handler).invoke({"do": "context"}, REQUEST_ID)

    assert on_lambda.initialised.payload["errorType"] == kind
    assert plain(on_lambda.initialised) == plain(embedded)


def test_an_initialisation_that_ends_the_process(start: Any, folder: Path) -> None:
    on_lambda = start("newest", folder, "leaves.handler")
    embedded = start(STAND_IN, folder, "leaves.handler").invoke({"do": "context"}, REQUEST_ID)

    assert on_lambda.initialised.exit_status == 5
    assert embedded.payload["errorType"] == "Runtime.ExitError"
    assert embedded.payload["errorMessage"].endswith("exit status 5")
