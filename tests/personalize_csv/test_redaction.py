"""What the function reports shows no data of a user's."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_csv import DataFile, Finding, Schema, SourceFiles, check_file, check_import
from personalize_csv.text import shape

SCHEMA = Schema.parse(
    json.dumps(
        {
            "type": "record",
            "fields": [
                {"name": "ITEM_ID", "type": "string"},
                {"name": "PRICE", "type": "float"},
                {"name": "CREATION_TIMESTAMP", "type": ["long", "null"]},
            ],
        }
    ),
    "Items",
    name="items-v1",
)
HEADER = "ITEM_ID,PRICE,CREATION_TIMESTAMP\n"


def findings(text: str) -> dict[str, Finding]:
    return {finding.rule: finding for finding in check_file("x.csv", text.encode(), SCHEMA, whole=True).findings}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$9.99", "$9.99"),
        ("some@example.com", "xxxx@xxxxxxx.xxx"),
        ("4111-1111 Straße 日本 é", "9999-9999 xxxxxx xx x"),
        ("e\u0301\u200b\x00", "xxxx"),
        ("٣½\t\n", "99  "),
        ("a" * 40, "x" * 40),
        ("a" * 41, "x" * 37 + "..."),
    ],
)
def test_shape(value: str, expected: str) -> None:
    assert shape(value) == expected


@given(st.text(max_size=100))
def test_a_shape_holds_nothing_but_punctuation(value: str) -> None:
    assert re.fullmatch(r"[x9 !-/:-@\[-`{-~]{0,40}", shape(value))


def test_a_value() -> None:
    finding = findings(HEADER + "i,$9.99,\n" * 2)["type"]
    assert finding.value == "$9.99"
    assert finding.message == (
        "x.csv line 2, column PRICE, has '$9.99'; expected a value of type float (in all 2 records looked at)"
    )
    assert finding.redacted_message == finding.message
    finding = findings(HEADER + "i,some@example.com,\n")["type"]
    assert finding.redacted_message == (
        "x.csv line 2, column PRICE, has 'xxxx@xxxxxxx.xxx'; expected a value of type float"
    )


def test_a_header_that_is_data_is_not_shown() -> None:
    finding = findings("someone@example.com,4111-1111,Smith\n")["missing-column"]
    assert "someone@example.com, 4111-1111, Smith" in finding.message
    assert finding.redacted_message == (
        "x.csv lacks the columns ITEM_ID, PRICE in its header (xxxxxxx@xxxxxxx.xxx, 9999-9999, xxxxx); the file may "
        "have no header; expected every required column of schema items-v1"
    )


def test_a_quoted_header_that_is_data_is_not_shown() -> None:
    for finding in findings('"Smith","Smith","smi-th"\n').values():
        assert "smi" in finding.message.lower() or finding.rule not in ("quoted-header", "duplicate-column")
        assert "smi" not in finding.redacted_message.lower()


def test_names_of_columns_are_shown() -> None:
    finding = findings("item_id,COST,9.99\n")["missing-column"]
    assert "(item_id, COST, 9.99)" in finding.redacted_message
    finding = findings(HEADER.replace("\n", ",someone@example.com,MY COLOUR\n"))["extra-column"]
    assert "the columns xxxxxxx@xxxxxxx.xxx, MY COLOUR that" in finding.redacted_message


def test_headers_that_differ() -> None:
    files = [DataFile("a.csv", HEADER.encode()), DataFile("b.csv", b"someone@example.com,Smith\n")]
    source = SourceFiles("d/", (("a.csv", 1), ("b.csv", 1)))
    [finding] = [found for found in check_import(source, files).errors if found.rule == "headers-differ"]
    assert "someone" in finding.message
    assert not re.search("someone|Smith|SMITH", finding.redacted_message)


@given(st.lists(st.text('abz@.,- 019"\\\n', max_size=30), max_size=5))
def test_no_word_of_the_data_is_in_a_redacted_message(lines: list[str]) -> None:
    text = "\n".join(f"{line}qqq,{line}7654" for line in lines)
    for header in ("", HEADER):
        for finding in check_file("F", (header + text).encode(), SCHEMA, whole=True).findings:
            assert not re.search("qqq|7654", finding.redacted_message)
