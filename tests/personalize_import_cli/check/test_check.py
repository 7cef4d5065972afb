"""``personalize-import check``: what a person, a program and a pull request see, and the exit code."""

import gzip
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from synthesis import ROOT
from terminal import run_on_a_terminal

from personalize_csv import DATASET_TYPES
from personalize_import_cli.check import progress
from personalize_import_cli.commands import commands

DATA = ROOT / "data"
Check = Callable[..., Result]


@pytest.fixture
def check() -> Check:
    def run(data: Path | str, *options: str, kind: str = "interactions") -> Result:
        schema = str(DATA / "schemas" / f"{kind.replace('-', '_')}.json")
        return CliRunner().invoke(commands, ["check", str(data), "--schema", schema, "--type", kind, *options])

    return run


@pytest.fixture
def two_problems(tmp_path: Path) -> Path:
    """Interactions that lack a column, which is an error, and have one more, which is a warning."""
    path = tmp_path / "interactions.csv"
    lines = (DATA / "interactions.csv").read_text(encoding="utf-8").splitlines()
    header = lines[0].replace("ITEM_ID", "EXTRA,ITEM").replace("USER_ID", "user_id")
    path.write_text("\n".join([header, *(line.replace(",", ",x,", 1) for line in lines[1:])]), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", [name.lower().replace("_", "-") for name in DATASET_TYPES])
def test_the_example_s_data_is_clean(check: Check, kind: str) -> None:
    result = check(DATA / f"{kind.replace('-', '_')}.csv", "--strict", kind=kind)
    assert result.exit_code == 0, result.output
    assert "nothing is wrong (1 file with " in result.output


def test_the_broken_example_lacks_a_column(check: Check) -> None:
    result = check(ROOT / "examples" / "broken" / "interactions.csv")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == "error missing-column"
    assert lines[1].endswith("examples/broken/interactions.csv:1")
    assert lines[2] == "    lacks the column TIMESTAMP in its header (USER_ID, ITEM_ID, EVENT_TYPE, DEVICE)"
    assert lines[3].startswith("    expected every required column of schema ")
    assert lines[4].endswith("https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html")
    assert lines[-1].endswith("1 error and 1 warning (1 file with 1,200 records)")


def test_findings_are_told_by_rule_with_line_column_and_value(check: Check, tmp_path: Path) -> None:
    header, *rows = (DATA / "items.csv").read_text(encoding="utf-8").splitlines()
    price = header.split(",").index("PRICE")
    cells = rows[3].split(",")
    cells[price] = "$9.99"
    rows[3] = ",".join(cells)
    (tmp_path / "items.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    result = check(tmp_path / "items.csv", kind="items")
    assert result.exit_code == 0
    assert "warning type" in result.output
    assert f"{tmp_path}/items.csv:5 column PRICE" in result.output
    assert "has '$9.99'" in result.output
    assert check(tmp_path / "items.csv", "--strict", kind="items").exit_code == 1


def test_json_has_each_finding_s_parts(check: Check, two_problems: Path) -> None:
    result = check(two_problems, "--format", "json")
    assert result.exit_code == 1
    document: dict[str, Any] = json.loads(result.stdout)
    [error] = [found for found in document["findings"] if found["severity"] == "error"]
    assert error["rule"] == "missing-column"
    assert error["file"] == str(two_problems)
    assert error["line"] == 1
    assert error["page"].startswith("https://")
    assert document["errors"] == 1
    assert document["warnings"] == len(document["findings"]) - 1 > 0
    assert document["records"] == document["files"][0]["records"]


def test_github_gets_an_annotation_for_each_finding(check: Check, two_problems: Path) -> None:
    lines = check(two_problems, "--format", "github").output.splitlines()
    assert any(line.startswith(f"::error file={two_problems},line=1,title=missing-column::") for line in lines)
    assert any(line.startswith(f"::warning file={two_problems},line=1,title=capitals::") for line in lines)
    assert not lines[-1].startswith("::")


def test_annotations_can_not_be_broken_out_of(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "a,line=9::b%0A.csv"
    path.write_bytes(b"USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n1,2,\x1b]0;owned,a\n")
    lines = check(path, "--format", "github").output.splitlines()
    assert all("\x1b" not in line for line in lines)
    assert f" file={tmp_path}/a%2Cline=9%3A%3Ab%250A.csv,line=2,title=type::" in "\n".join(lines)


def test_colours_are_for_a_terminal_only(check: Check, two_problems: Path) -> None:
    assert "\x1b" not in check(two_problems).output
    schema = str(DATA / "schemas" / "interactions.json")
    command = [sys.executable, "-m", "personalize_import_cli.entry_point", "check", str(two_problems)]
    code, sent = run_on_a_terminal([*command, "--schema", schema, "--type", "interactions"], os.environ)
    assert code == 1
    assert "\x1b[1;31merror \x1b[0m\x1b[1mmissing-column\x1b[0m" in sent


def test_a_long_check_on_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "interactions.csv"
    content = (DATA / "interactions.csv").read_bytes()
    header, _, rows = content.partition(b"\n")
    path.write_bytes(header + b"\n" + rows * (9 * 2**20 // len(rows) + 1))
    schema = str(DATA / "schemas" / "interactions.json")
    command = [sys.executable, "-m", "personalize_import_cli.entry_point", "check", str(path)]
    code, sent = run_on_a_terminal([*command, "--schema", schema, "--type", "interactions"], os.environ)
    assert code == 0, sent
    assert "Checking" in sent
    assert "nothing is wrong" in sent.rpartition("Checking")[2]


def test_on_a_terminal_what_is_read_is_counted(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_SHORT", 1)
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = check(DATA / "interactions.csv")
    assert result.exit_code == 0, result.output
    assert "Checking" in result.stderr
    assert "Checking" not in result.stdout


def test_a_compressed_file(check: Check, tmp_path: Path) -> None:
    (tmp_path / "interactions.csv").write_bytes(gzip.compress((DATA / "interactions.csv").read_bytes()))
    result = check(tmp_path / "interactions.csv")
    assert result.exit_code == 1
    assert "error not-csv" in result.output
    assert "is compressed with gzip" in result.output


def test_a_folder(check: Check, tmp_path: Path) -> None:
    shutil.copy(DATA / "interactions.csv", tmp_path / "part-1.csv")
    shutil.copy(DATA / "interactions.csv", tmp_path / "part-2.csv")
    (tmp_path / ".hidden").touch()
    result = check(tmp_path, "--strict")
    assert result.exit_code == 0, result.output
    assert "nothing is wrong (2 files with 5,918 records)" in result.output
    (tmp_path / "sub").mkdir()
    (tmp_path / "notes.txt").write_text("later", encoding="utf-8")
    result = check(tmp_path)
    assert result.exit_code == 0
    assert "warning not-csv-name" in result.output
    assert "warning sub-folders" in result.output


def test_an_empty_folder(check: Check, tmp_path: Path) -> None:
    result = check(tmp_path)
    assert result.exit_code == 1
    assert "error no-files" in result.output


def test_the_import_mode_and_the_domain_make_a_difference(check: Check, tmp_path: Path) -> None:
    rows = (DATA / "action_interactions.csv").read_text(encoding="utf-8").splitlines()[:500]
    (tmp_path / "few.csv").write_text("\n".join(rows), encoding="utf-8")
    assert check(tmp_path / "few.csv", kind="action-interactions").exit_code == 0
    result = check(tmp_path / "few.csv", "--import-mode", "incremental", kind="action-interactions")
    assert result.exit_code == 1
    assert "error too-few-interactions" in result.output


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "the schema is not JSON"),
        ('{"type": "record"}', "not an Avro record with fields"),
        ("\udcff", "can't be read"),
        (None, "can't be read"),
    ],
)
def test_a_broken_schema(tmp_path: Path, content: str | None, words: str) -> None:
    schema = tmp_path / "schema.json"
    if content is not None:
        schema.write_bytes(content.encode("utf-8", "surrogateescape"))
    options = ["--schema", str(schema), "--type", "items"]
    result = CliRunner().invoke(commands, ["check", str(DATA / "items.csv"), *options])
    assert result.exit_code == 2
    assert str(schema) in result.output
    assert words in result.output


def test_a_link_to_nowhere(check: Check, tmp_path: Path) -> None:
    (tmp_path / "part-1.csv").symlink_to(tmp_path / "gone.csv")
    result = check(tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path}/part-1.csv can't be read: No such file or directory." in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv", "--schema", str(DATA / "schemas" / "items.json"), "--type", "items"], "does not exist"),
        ([str(DATA / "items.csv")], "Give --schema and --type, or --dataset."),
        ([str(DATA / "items.csv"), "--schema", "items.json", "--type", "things"], "'things' is not one of"),
        ([str(DATA / "items.csv"), "--dataset", "arn", "--type", "items"], "leave out --schema"),
        ([], "Missing argument 'DATA'"),
    ],
)
def test_wrong_use(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(commands, ["check", *arguments])
    assert result.exit_code == 2
    assert words in result.output
