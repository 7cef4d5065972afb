"""Every rule with a file that breaks it and a file that keeps it, for the five dataset types and for domains."""

import gzip
from collections.abc import Iterator

import pytest
from csv_cases import BROKEN, ERROR, ITEMS, RIGHT, ROWS, SCHEMAS, WARNING, right_file, schema

from personalize_csv import DATASET_TYPES, FileReport, Severity, check_file


def check(case: str, content: str | bytes, whole: bool = True) -> FileReport:
    data = content if isinstance(content, bytes) else content.encode()
    return check_file("s3://b/x.csv", data, SCHEMAS[case], whole=whole)


@pytest.mark.parametrize("case", SCHEMAS)
def test_right_file_has_no_findings(case: str) -> None:
    report = check(case, right_file(case))
    assert report.findings == ()
    assert report.records == 1
    assert report.whole
    assert report.header == tuple(column.name for column in SCHEMAS[case].fields)


@pytest.mark.parametrize(("case", "old", "new", "severity", "rule", "line", "column"), BROKEN)
def test_broken_file(
    case: str, old: str, new: str, severity: Severity, rule: str, line: int | None, column: str | None
) -> None:
    text = right_file(case)
    assert old in text
    report = check(case, text.replace(old, new, 1))
    found = {(finding.severity, finding.rule, finding.line, finding.column): finding for finding in report.findings}
    assert (severity, rule, line, column) in found
    if severity is WARNING:
        assert report.errors == ()
    message = found[severity, rule, line, column].message
    assert message.startswith("s3://b/x.csv ")
    assert "; expected " in message
    assert "\n" not in message
    if column:
        assert column in message


@pytest.mark.parametrize(("case", "old", "new"), [(case, old, new) for case, old, news in RIGHT for new in news])
def test_right_values_have_no_findings(case: str, old: str, new: str) -> None:
    text = right_file(case)
    assert old in text
    assert check(case, text.replace(old, new)).findings == ()


def test_every_dataset_type_and_domain_is_covered() -> None:
    covered = {(schema.dataset_type, schema.domain) for schema in SCHEMAS.values()}
    assert {kind for kind, _ in covered} == set(DATASET_TYPES)
    assert {domain for _, domain in covered} == {None, "ECOMMERCE", "VIDEO_ON_DEMAND"}
    broken = {SCHEMAS[case].dataset_type for case, *_, severity, _, _, _ in BROKEN if severity is ERROR}
    assert broken == set(DATASET_TYPES)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (gzip.compress(right_file("users").encode()), "compressed with gzip"),
        (b"PK\x03\x04\x14\x00\x06\x00", "a zip archive or an Excel workbook"),
        (b"PAR1\x15\x04\x15", "a Parquet file"),
        (right_file("users").encode("utf-16"), "encoded in UTF-16"),
        (bytes(range(256)) * 300, "binary data"),
    ],
    ids=["gzip", "zip", "parquet", "utf-16", "binary"],
)
@pytest.mark.parametrize("whole", [True, False])
def test_what_is_not_text(content: bytes, kind: str, whole: bool) -> None:
    report = check("users", content, whole)
    assert [(finding.severity, finding.rule) for finding in report.findings] == [(ERROR, "not-csv")]
    assert kind in report.findings[0].message
    assert not report.whole


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b"  \r\n"])
def test_empty_file(content: bytes) -> None:
    assert [finding.rule for finding in check("users", content).errors] == ["no-header"]
    assert [finding.rule for finding in check("users", content, whole=False).findings] == ["header-not-seen"]


def test_names_are_known_whatever_their_capitals() -> None:
    text = right_file("items in VIDEO_ON_DEMAND")
    lower = text.replace(text.partition("\n")[0], text.partition("\n")[0].lower())
    [finding] = check("items in VIDEO_ON_DEMAND", lower.replace("9.99", "cheap").replace("genres", "")).errors[:1]
    assert finding.rule == "missing-column"
    assert [found.rule for found in check("items", lower.replace("9.99", "cheap")).errors] == ["type"]


def test_an_exact_name_counts_before_one_in_other_capitals() -> None:
    text = right_file("users").replace("GENDER", "age")
    assert [finding.rule for finding in check("users", text.replace(",34,", ",,")).errors] == []
    report = check("users", text)
    assert {finding.rule for finding in report.findings} == {
        "similar-columns",
        "missing-optional-column",
        "extra-column",
    }


def test_a_line_without_end_is_not_kept_in_memory() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"USER_ID,AGE,GENDER,MEMBER\nu1,"
        while True:
            yield b"1" * 2**20

    [finding] = check_file("x", chunks(), SCHEMAS["users"], whole=True).findings
    assert finding.message == (
        "x has a line of more than 16 MB, which is not read; expected each record on a single line"
    )


def test_encoding() -> None:
    text = right_file("users").replace("female", "féminin")
    assert check("users", text).findings == ()
    [finding] = check("users", text.encode("latin-1")).findings
    assert (finding.severity, finding.rule, finding.line) == (ERROR, "encoding", 2)
    assert "0xe9" in finding.message


def test_messages_name_the_schema_and_what_the_service_says() -> None:
    named = schema("Items", *ITEMS, name="my-items")
    report = check_file("data/items.csv", b"ITEM_ID,COST\n", named, whole=True)
    [finding] = report.errors
    assert finding.message.startswith("data/items.csv lacks the columns PRICE, CATEGORY_L1, CREATION_TIMESTAMP in its")
    assert "schema my-items" in finding.message
    assert (
        finding.service_text == "Input CSV is missing the following columns:[PRICE, CATEGORY_L1, CREATION_TIMESTAMP]."
    )
    long_id = check("users", right_file("users").replace("u1", "u" * 300)).errors[0].service_text
    assert long_id is not None
    assert long_id.startswith("Length cannot be more than 256 characters for USER_ID. If no values exceed")


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("USER_ID;AGE;GENDER;MEMBER", "separated by semicolons"),
        ("USER_ID\tAGE\tGENDER\tMEMBER", "separated by tabs"),
        ("u1,34,female,true", "the file may have no header"),
    ],
)
def test_hints(header: str, hint: str) -> None:
    assert hint in check("users", f"{header}\n").errors[0].message


def test_one_finding_for_each_rule_and_column_counts_the_lines() -> None:
    text = right_file("users") + "u2,old,,\n" * 3
    [finding] = check("users", text).findings
    assert finding.line == 3
    assert finding.message.endswith("(in 3 of 4 records looked at)")


def test_without_a_schema_only_the_form_is_checked() -> None:
    assert check_file("x", b"a,b\n1,2,3\n", None, whole=True).errors == ()
    rules = [finding.rule for finding in check_file("x", b'"a","a"\n', None, whole=True).findings]
    assert rules == ["quoted-header", "duplicate-column"]


def test_values_after_the_last_checked_record_are_counted() -> None:
    text = (right_file("users") + "u2,old,,\n" * 9).encode()
    report = check_file("x", text, SCHEMAS["users"], whole=True, max_checked=1)
    assert (report.findings, report.records) == ((), 10)


@pytest.mark.parametrize(
    "record",
    [
        r'i1,1,"C:\",,,,5',  # the backslash escapes nothing
        r"i1,1,C:\,,,,5",  # outside quotes the backslash is text
        'i1,1,x,, "y, z",,5',  # the quote counts after a space
    ],
)
def test_a_record_that_one_reading_finds_right_is_no_error(record: str) -> None:
    header = ",".join(column.name for column in SCHEMAS["items"].fields)
    assert check("items", f"{header}\n{record}\n{ROWS['items']}\n").errors == ()


def test_a_record_that_no_reading_finds_right_is_an_error() -> None:
    text = right_file("items").replace("9.99", "cheap")
    assert [finding.column for finding in check("items", text).errors] == ["PRICE"]


def test_no_error_comes_from_lines_of_a_quoted_text() -> None:
    text = (
        right_file("items").replace("A ", "A\nsecond line, with a comma\n") + ROWS["items"].replace("9.99", "x") + "\n"
    )
    report = check("items", text)
    found = [(finding.rule, finding.line, finding.times) for finding in report.findings]
    assert found == [("line-break", 2, 3), ("type", 5, 1)]
    assert report.errors == ()


def test_chunks_of_any_size_give_the_same_report() -> None:
    data = (right_file("items") + ROWS["items"] + "\r\n").replace("Shoes", "Schuhe für Kinder").encode()
    expected = check_file("x", data, SCHEMAS["items"], whole=True)
    for size in range(1, len(data)):
        chunks = [data[start : start + size] for start in range(0, len(data), size)]
        assert check_file("x", chunks, SCHEMAS["items"], whole=True) == expected


@pytest.mark.parametrize("size", [1, 50, 1000])
def test_a_control_character_anywhere_in_the_header_is_no_text(size: int) -> None:
    content = right_file("users").replace("MEMBER", "X" * 70 + "\x00").encode()
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    assert [finding.rule for finding in check_file("x", chunks, SCHEMAS["users"], whole=True).errors] == ["not-csv"]


def test_very_long_numbers_are_read_quickly() -> None:
    rows = [ROWS["users"].replace("34", "1" * 100_000 + end) for end in ("", "x", "e", ".", "1e1")]
    header = right_file("users").partition("\n")[0]
    assert [finding.rule for finding in check("users", "\n".join([header, *rows])).findings] == ["type"]
