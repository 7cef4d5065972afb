"""Lines that are passed over many at a time: the findings are those of looking at each."""

import json
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from csv_cases import BROKEN, RIGHT, ROWS, SCHEMAS, right_file
from hypothesis import given, settings
from hypothesis import strategies as st
from right_csv_files import imports

from personalize_csv import FileReport, Schema, check_file
from personalize_csv.files import FileScan
from personalize_csv.passing import IS_RELIABLE
from personalize_csv.right_lines import right_lines

NOISE = st.text('a1"\\\\, \t\r\n.-+eé\x00', min_size=1, max_size=5) | st.sampled_from(
    [
        *("True", "5.0", "-0.0", "nan", "1"),
        '"",',
        '\\\\"',
        '""',
        "-",
        "1e5",
        "e" * 300,
        "NaN",
        "\r\n",
        '"\n',
        "253402300800",
        "true",
        ",,",
        "1" * 30,
    ]
)


def chunks(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


def slowly(content: bytes, schema: Schema | None, whole: bool) -> FileReport:
    with mock.patch.object(FileScan, "_may_pass", False):
        return check_file("x", content, schema, whole=whole)


def both(content: bytes, schema: Schema | None, size: int = 2**20) -> None:
    for whole in (True, False):
        assert check_file("x", chunks(content, size), schema, whole=whole) == slowly(content, schema, whole)


@settings(max_examples=100, deadline=None)
@given(imports(), st.lists(st.tuples(st.integers(0, 10_000), NOISE), max_size=4), st.integers(1, 200), st.booleans())
def test_the_findings_are_the_same(
    case: tuple[Schema, bytes], noise: list[tuple[int, str]], size: int, known: bool
) -> None:
    schema, content = case
    # More lines of the same, before and after the wrong ones.
    _, _, records = content.partition(b"\n")
    content += records if content.endswith(b"\n") else b""
    for place, text in noise:
        at = place % (len(content) + 1)
        content = content[:at] + text.encode() + content[at:]
    both(content, schema if known else None, size)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(SCHEMAS)),
    st.lists(st.sampled_from(sorted({change[2] for change in BROKEN})) | NOISE, max_size=8),
    st.data(),
)
def test_the_findings_are_the_same_for_values_of_the_rules(case: str, values: list[str], data: st.DataObject) -> None:
    header, row, *_ = right_file(case).splitlines()
    cells = row.split(",")
    lines = [header, row]
    for value in values:
        at = data.draw(st.integers(0, len(cells) - 1))
        lines += [",".join([*cells[:at], value, *cells[at + 1 :]]), row]
    for end in ("\n", "\r\n", "\r"):
        both(end.join(lines).encode(), SCHEMAS[case])
        both((end.join(lines) + end).encode("latin-1", "replace"), SCHEMAS[case])


ODD = [["True", "False", "0", "true", ""], ["5.0", "-0.0", "5", "", "abc"], ["NaN", "1.5", "nan"]]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*map(st.sampled_from, ODD)), max_size=30), st.integers(1, 100), st.data())
def test_the_findings_are_the_same_for_odd_values(rows: list[tuple[str, ...]], size: int, data: st.DataObject) -> None:
    union = data.draw(st.sampled_from([["{}"], ["null", "{}"]]))
    kinds = [data.draw(st.sampled_from(kinds)) for kinds in (["boolean"], ["int", "long"], ["float", "double"])]
    fields: list[dict[str, Any]] = [{"name": "USER_ID", "type": "string"}]
    fields += [{"name": f"F{n}", "type": [each.format(kind) for each in union]} for n, kind in enumerate(kinds)]
    schema = Schema.parse(json.dumps({"fields": fields}), "Users")
    text = "USER_ID,F0,F1,F2\n" + "".join(f"u\\,{','.join(row)}\n" for row in rows)
    both(text.encode(), schema, size)


@pytest.mark.skipif(not IS_RELIABLE, reason="this Python's re is not relied on, so each line is looked at")
def test_lines_that_are_odd_in_the_same_way_are_only_counted() -> None:
    schema = Schema.parse(
        json.dumps({"fields": [{"name": "A", "type": "boolean"}, {"name": "B", "type": "int"}]}), "Users"
    )
    content = b"A,B\n" + b"True,5.0\n" * 500 + b"True,5\n" * 500 + b"true,5\n"
    with mock.patch.object(FileScan, "_read_record", autospec=True, side_effect=FileScan._read_record) as looked_at:
        report = check_file("x", content, schema, whole=True)
    assert looked_at.call_count == 2
    found = [(finding.column, finding.line, finding.times, finding.looked_at) for finding in report.findings]
    assert found == [("A", 2, 1000, 1001), ("B", 2, 500, 1001)]


@pytest.mark.parametrize("case", SCHEMAS)
def test_right_lines_are_passed_over(case: str) -> None:
    header = tuple(field.name for field in SCHEMAS[case].fields)
    pattern = right_lines(header, SCHEMAS[case], b"\n")
    lines = (ROWS[case.split(" in ")[0]] + "\n").encode() * 3
    match = pattern.match(lines)
    assert match is not None
    assert match.end() == len(lines)


@pytest.mark.parametrize(
    ("case", "old", "new"), [(case, old, new) for case, old, news in RIGHT for new in news if new != "\r"]
)
def test_most_right_values_are_passed_over(case: str, old: str, new: str) -> None:
    """Where one isn't, it costs time only: these do, because only a look at the whole value tells."""
    slow = {"-1", "+5", "0001596238243", "253402300799", ".5", "ü" * 256 + ",", "TAKEN", "NOT_TAKEN", "-2147483648"}
    slow |= {"2147483647", "\n\n", "t" * 19_000}
    header, _, rows = right_file(case).replace(old, new).partition("\n")
    pattern = right_lines(tuple(header.rstrip("\r").split(",")), SCHEMAS[case], b"\n")
    match = pattern.match(rows.encode())
    assert match is not None
    assert (match.end() == len(rows.encode())) is (new not in slow)


@pytest.mark.skipif(not IS_RELIABLE, reason="this Python's re is not relied on, so each line is looked at")
@pytest.mark.parametrize("text", ["x" * 1000, '""' * 500, 'x""' * 333, "x" * 400 + '""' + "x" * 599, "x" * 401])
@pytest.mark.parametrize("more", ["", "x"])
def test_no_text_that_is_too_long_is_passed_over(text: str, more: str) -> None:
    schema = Schema.parse(json.dumps({"fields": [{"name": "A", "type": "string"}]}), "Items")
    match = right_lines(("A",), schema, b"\n").match(f'"{text}{more}"\n'.encode())
    assert match is not None
    if match.end():
        assert len(re.sub('""', '"', text + more)) <= 1000


def test_lines_after_a_quoted_text_that_spans_lines_are_looked_at() -> None:
    content = b'ITEM_ID,A\ni,"one\ni,two\ni,three"\n' + b"i,x\n" * 3
    schema = Schema.parse(json.dumps({"fields": [{"name": n, "type": "string"} for n in ("ITEM_ID", "A")]}), "Items")
    both(content, schema)
    [finding] = check_file("x", content, schema, whole=True).findings
    assert (finding.rule, finding.line, finding.times, finding.looked_at) == ("line-break", 2, 3, 6)


@pytest.mark.parametrize("blank", ["", " ", "\t", "\r"])
def test_a_blank_line_of_a_single_column_is_no_record(blank: str) -> None:
    schema = Schema.parse(json.dumps({"fields": [{"name": "USER_ID", "type": ["null", "string"]}]}), "Users")
    content = f"USER_ID\na\n{blank}\nb\n".encode()
    both(content, schema)
    assert check_file("x", content, schema, whole=True).records == 2
