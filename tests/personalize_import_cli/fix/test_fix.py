"""``personalize-import check --fix``: what the copy is like, and what is said about it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from embedded_account import INTERACTIONS, avro
from hypothesis import given
from hypothesis import strategies as st

from personalize_import_cli.commands import commands
from personalize_import_cli.fix.cells import cells

Fix = Callable[..., Result]


@pytest.fixture
def fix(tmp_path: Path) -> Fix:
    schema = tmp_path / "schema.json"
    schema.write_text(avro("Interactions", [*INTERACTIONS, "TITLE,null,string"]), encoding="utf-8")
    (tmp_path / "data").mkdir()

    def run(content: bytes, name: str = "data/in.csv", out: str = "out.csv") -> Result:
        (tmp_path / name).write_bytes(content)
        options = ["--schema", str(schema), "--type", "interactions", "--fix", str(tmp_path / out)]
        return CliRunner().invoke(commands, ["check", str(tmp_path / name), *options])

    return run


def copied(tmp_path: Path) -> bytes:
    return (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize(
    ("content", "expected", "said"),
    [
        pytest.param(
            b"\xef\xbb\xbfUSER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n",
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n",
            ["byte order mark taken off"],
            id="mark",
        ),
        pytest.param(
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\r\n1,2,3,a\r\n\r\n1,2,4,b",
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n\n1,2,4,b",
            ["lines end in a line feed instead of a carriage return and a line feed"],
            id="crlf",
        ),
        pytest.param(
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\r1,2,3,a\r",
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n",
            ["lines end in a line feed instead of a carriage return"],
            id="cr",
        ),
        pytest.param(
            b'"USER_ID","item_id",Timestamp,TITLE\n1,2,3,a\n',
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n",
            ["header without quotation marks", "capitals of columns: item_id is ITEM_ID, Timestamp is TIMESTAMP"],
            id="header",
        ),
        pytest.param(
            b"USER_ID, ITEM_ID ,TIMESTAMP,TITLE\n1,2,3,a\n",
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n",
            ["header without spaces around names"],
            id="spaces",
        ),
        pytest.param(
            b'"USER_ID","item_id",TIMESTAMP,TITLE,"More, of it"\n1,2,3,a,b\n',
            b'USER_ID,ITEM_ID,TIMESTAMP,TITLE,"More, of it"\n1,2,3,a,b\n',
            ["capitals of columns: item_id is ITEM_ID"],
            id="comma",
        ),
        pytest.param(
            b'TITLE,MORE,TIMESTAMP,USER_ID,ITEM_ID\n"a, ""b""",m,3,1,2\n,,4,1,"2"\n',
            b'USER_ID,MORE,ITEM_ID,TIMESTAMP,TITLE\n1,m,2,3,"a, ""b"""\n1,,"2",4,\n',
            ["columns in the order USER_ID, MORE, ITEM_ID, TIMESTAMP, TITLE"],
            id="order",
        ),
        pytest.param(
            b",USER_ID,ITEM_ID,TIMESTAMP,TITLE\n0,1,2,3,a\n1,1,2,4,b\n",
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n1,2,4,b\n",
            ["unnamed index column taken out"],
            id="index",
        ),
        pytest.param(
            b'USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1700000000123,2,1700000000123,a\n1,2,"1700000000999",b\n1,2,1700000000,c\n',
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1700000000123,2,1700000000,a\n1,2,1700000000,b\n1,2,1700000000,c\n",
            ["2 values of TIMESTAMP in seconds instead of milliseconds"],
            id="milliseconds",
        ),
        pytest.param(
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n",
            b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,a\n",
            ["nothing had to be put right"],
            id="nothing",
        ),
    ],
)
def test_what_is_put_right_is_said(fix: Fix, tmp_path: Path, content: bytes, expected: bytes, said: list[str]) -> None:
    result = fix(content)
    assert copied(tmp_path) == expected
    done = [line.partition(": ")[2] for line in result.output.split("\n\n")[0].splitlines()]
    assert len(done) == len(said)
    for line, words in zip(done, said, strict=True):
        assert words in line
    assert (tmp_path / "data" / "in.csv").read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b",USER_ID,ITEM_ID,TIMESTAMP,TITLE\n7,1,2,3,a\n9,1,2,4,b\n", id="no-index"),
        pytest.param(b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,1700000000123456,a\n", id="microseconds"),
        pytest.param(b"USER_ID,USER_ID,ITEM_ID,TIMESTAMP,TITLE\n0,1,2,3,a\n", id="twice"),
        pytest.param(b'USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,1700000000123,"a\n', id="open-quotes"),
        pytest.param(b"USER_ID,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,\xe9\n", id="latin-1"),
    ],
)
def test_what_would_be_a_guess_stays(fix: Fix, tmp_path: Path, content: bytes) -> None:
    assert "nothing had to be put right" in fix(content).output
    assert copied(tmp_path) == content


def test_columns_stay_where_they_are_when_a_line_can_be_read_in_two_ways(fix: Fix, tmp_path: Path) -> None:
    result = fix(b'TITLE,USER_ID,ITEM_ID,TIMESTAMP\na,1,2,3\nb, "1,2",3,4\n')
    assert "columns stay where they are: the cells of line 3 can't be told apart for certain" in result.output
    assert copied(tmp_path).startswith(b"TITLE,USER_ID,ITEM_ID,TIMESTAMP\na,1,2,3\n")


def test_the_copy_is_checked(fix: Fix) -> None:
    rows = "".join(f"{number},u,i,{1700000000000 + number}\r\n" for number in range(1200))
    result = fix(f",user_id,item_id,timestamp\r\n{rows}".encode())
    assert result.exit_code == 0, result.output
    assert "out.csv: 1 warning (1 file with 1,200 records)" in result.output
    assert "lacks the column TITLE, which may be null" in result.output


def test_what_is_there_is_never_touched(fix: Fix, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("mine", encoding="utf-8")
    result = fix(b"USER_ID,ITEM_ID,TIMESTAMP\n")
    assert result.exit_code == 2
    assert "is there already" in result.output
    assert copied(tmp_path) == b"mine"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x1f\x8b\x08\x00", "is compressed with gzip"),
        (b"", "has no header"),
        pytest.param(b"USER_ID,ITEM_ID\n" + b"1" * (18 * 2**20), "a line that is too long", id="too long"),
        (b"USER_ID,ITEM_ID,TIMESTAMP\r1,2,3\n1,2,3\r", "lines that end in different ways, as in line 2"),
    ],
)
def test_what_can_not_be_put_right_leaves_nothing_behind(fix: Fix, tmp_path: Path, content: bytes, words: str) -> None:
    result = fix(content)
    assert result.exit_code == 2
    assert words in result.output
    assert not (tmp_path / "out.csv").exists()


def test_a_copy_into_a_folder_that_is_not_there(tmp_path: Path, fix: Fix) -> None:
    result = fix(b"USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n", out="nowhere/out.csv")
    assert result.exit_code == 2
    assert f"{tmp_path}/nowhere/out.csv can't be written: No such file or directory." in result.output


def test_a_folder_without_data(tmp_path: Path, fix: Fix) -> None:
    fix(b"later", name="data/notes.txt")
    options = ["--schema", str(tmp_path / "schema.json"), "--type", "interactions", "--fix", str(tmp_path / "copy")]
    result = CliRunner().invoke(commands, ["check", str(tmp_path / "data"), *options])
    assert result.exit_code == 2
    assert "data has no CSV file to put right." in result.output
    assert not (tmp_path / "copy").exists()


def test_a_folder_gets_a_folder(fix: Fix, tmp_path: Path) -> None:
    schema, data, out = tmp_path / "schema.json", tmp_path / "data", tmp_path / "out"
    for name in ("a.csv", "b.csv"):
        (data / name).write_bytes(b"user_id,ITEM_ID,TIMESTAMP,TITLE\n1,2,3,\n")
    (data / "notes.txt").write_text("later", encoding="utf-8")
    options = ["--schema", str(schema), "--type", "interactions"]
    result = CliRunner().invoke(commands, ["check", str(data), *options, "--fix", str(out), "--format", "github"])
    assert sorted(path.name for path in out.iterdir()) == ["a.csv", "b.csv"]
    assert f"::notice::{out}/a.csv: capitals of columns: user_id is USER_ID" in result.output
    (data / "b.csv").write_bytes(b"PK\x03\x04")
    result = CliRunner().invoke(commands, ["check", str(data), *options, "--fix", str(tmp_path / "again")])
    assert result.exit_code == 2
    assert not (tmp_path / "again").exists()


@given(st.lists(st.text(alphabet='ab,"\\ ', max_size=6), min_size=1, max_size=5))
def test_cells_are_put_together_as_they_were(values: list[str]) -> None:
    line = ",".join(values)
    found = cells(line)
    if found is not None:
        assert ",".join(found) == line
