"""Where the contract is held: the embedded AWS, another endpoint (CONTRACT_ENDPOINT), or AWS itself (REAL_ACCOUNT=1).

The tests know boto3 and an endpoint, nothing else.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from botocore.exceptions import ClientError
from contract.account import TAG, Account
from contract.personalize import Personalize

REAL = os.environ.get("REAL_ACCOUNT") == "1"
ENDPOINT = os.environ.get("CONTRACT_ENDPOINT")
FINDINGS = Path(__file__).resolve().parents[2] / "build" / "contract"
ESTIMATE = (
    "on AWS: 30 to 45 minutes, nearly all of it waiting for import jobs; less than USD 0.10 (Personalize's ingestion "
    f"of 2 MB, S3, Lambda, Scheduler). Everything is tagged {TAG} and removed at the end."
)
_found: dict[str, str] = {}


def pytest_report_header() -> str | None:
    return f"contract {ESTIMATE}" if REAL else None


def _scope(fixture_name: str, config: pytest.Config) -> Literal["module", "session"]:
    """One account for all tests; but only one embedded AWS runs in a process, and other tests have theirs."""
    return "session" if REAL or ENDPOINT else "module"


@pytest.fixture(scope=_scope)
def account() -> Iterator[Account]:
    with contextlib.ExitStack() as running:
        if REAL:
            made = Account(None, patience=10)
        elif ENDPOINT:
            made = Account(ENDPOINT, patience=0.1)
        else:
            from local_aws.server import LocalAws

            made = Account(running.enter_context(LocalAws(speed=300)).endpoint, patience=0.02)
        running.callback(made.remove_all)
        yield made


@pytest.fixture(scope=_scope)
def personalize(account: Account) -> Personalize:
    if ENDPOINT:
        try:
            account.personalize.list_dataset_groups()
        except ClientError as error:
            pytest.skip(f"no Personalize at {ENDPOINT}: {error}")
    return Personalize(account)


@pytest.fixture(scope="session")
def found() -> dict[str, str]:
    """What was found of the points that no document settles: question and answer."""
    return _found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _found:
        return
    lines = ["| what no document settles | what was found |", "|---|---|"]
    lines += [f"| {question} | {answer} |" for question, answer in _found.items()]
    FINDINGS.mkdir(parents=True, exist_ok=True)
    page = FINDINGS / f"{'aws' if REAL else 'endpoint' if ENDPOINT else 'embedded'}.md"
    page.write_text("\n".join(lines) + "\n")
    if terminalreporter.config.option.verbose < 1:
        return
    terminalreporter.section(f"found, also in {page}")
    terminalreporter.write("\n".join(lines) + "\n")
