import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_account import until

from local_aws import __main__ as command
from local_aws import background


def evaluated(text: str) -> dict[str, str]:
    """The variables that a shell has after evaluating a text, which may hold nothing else."""
    assert all(line.startswith("export ") for line in text.splitlines())
    script = f"{text}\n{shlex.quote(sys.executable)} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    variables: dict[str, str] = json.loads(subprocess.check_output(["/bin/sh", "-c", script], text=True))
    return variables


def answers(endpoint: str) -> bool:
    with urllib.request.urlopen(f"{endpoint}/moto-api/data.json") as answered:
        return bool(answered.status == 200)


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The file by which one is found, and the signals as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(background, "_STATE", tmp_path / "state")
    yield tmp_path / "state"
    for number, handler in before.items():
        signal.signal(number, handler)


def test_in_the_foreground_it_prints_what_a_shell_evaluates_and_ends_on_a_signal(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = []

    def interrupt() -> None:
        try:
            found = until(lambda: json.loads(state.read_text() or "{}") if state.exists() else None, seconds=60)
            answered.append(answers(found["environment"]["AWS_ENDPOINT_URL"]))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=interrupt)
    thread.start()
    assert command.main(["run", "--speed", "120", "--import-seconds", "60"]) == 0
    thread.join()
    assert answered == [True]
    printed = capsys.readouterr()
    assert evaluated(printed.out)["CDK_DEFAULT_ACCOUNT"] == "123456789012"
    assert "Ctrl-C ends it" in printed.err
    assert not state.exists()


def test_in_the_background_it_is_started_found_and_stopped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LOCAL_AWS_STATE", str(tmp_path))
    monkeypatch.setattr(background, "_STATE", tmp_path / ".local-aws.json")
    monkeypatch.setattr(background, "_LOG", tmp_path / ".local-aws.log")
    assert command.main(["env"]) == 1
    assert "make local-aws-start" in capsys.readouterr().err
    assert command.main(["start", "--import-seconds", "30"]) == 0
    try:
        assert "cdk bootstrap && cdk deploy" in capsys.readouterr().err
        assert command.main(["start"]) == 1
        assert "already runs" in capsys.readouterr().err
        assert command.main(["env"]) == 0
        endpoint = evaluated(capsys.readouterr().out)["AWS_ENDPOINT_URL"]
        assert answers(endpoint)
    finally:
        assert command.main(["stop"]) == 0
    with pytest.raises(OSError, match="refused"):
        answers(endpoint)
    assert command.main(["stop"]) == 1


def test_what_can_not_be_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(background, "_STATE", tmp_path / ".local-aws.json")
    assert command.main(["run", "--speed", "0"]) == 1
    assert "speed must be positive" in capsys.readouterr().err
