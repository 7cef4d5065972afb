import json
import os
import shlex
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from local_aws import __main__ as command
from local_aws import background

ROOT = Path(__file__).resolve().parents[2]


def evaluated(text: str) -> dict[str, str]:
    """The variables that a shell has after evaluating a text, which may hold nothing else."""
    assert all(line.startswith("export ") for line in text.splitlines())
    script = f"{text}\n{shlex.quote(sys.executable)} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    variables: dict[str, str] = json.loads(subprocess.check_output(["/bin/sh", "-c", script], text=True))
    return variables


def answers(endpoint: str) -> bool:
    with urllib.request.urlopen(f"{endpoint}/moto-api/data.json") as answered:
        return bool(answered.status == 200)


def test_in_the_foreground_it_prints_what_a_shell_evaluates_and_ends_on_a_signal(tmp_path: Path) -> None:
    started = "from local_aws import background, __main__; import pathlib; "
    started += f"background._STATE = pathlib.Path({str(tmp_path / 'state')!r}); __main__.main()"
    pipe = subprocess.PIPE
    arguments = [sys.executable, "-c", started, "run", "--speed", "120"]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, env=dict(os.environ)) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        while "is running" not in process.stderr.readline():
            assert process.poll() is None
        try:
            assert answers(json.loads((tmp_path / "state").read_text())["environment"]["AWS_ENDPOINT_URL"])
        finally:
            process.send_signal(signal.SIGTERM)
        assert evaluated(process.stdout.read())["CDK_DEFAULT_ACCOUNT"] == "123456789012"
        assert process.wait(30) == 0
    assert not (tmp_path / "state").exists()


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
