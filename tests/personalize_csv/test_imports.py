"""What is checked of an import as a whole."""

import json

import pytest

from personalize_csv import DataFile, Finding, ImportReport, Schema, Severity, SourceFiles, check_import, source_files

GB = 2**30
HEADER = b"USER_ID,ITEM_ID,TIMESTAMP\n"
COLUMNS = {
    "Interactions": "USER_ID,ITEM_ID,TIMESTAMP",
    "Users": "USER_ID,AGE",
    "Items": "ITEM_ID,YEAR",
    "Actions": "ACTION_ID,VALUE",
    "Action_Interactions": "USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP",
}
NUMBERS = {"AGE", "YEAR", "VALUE", "TIMESTAMP"}


def schema(kind: str = "Interactions", columns: str = "") -> Schema:
    fields = [
        {"name": name, "type": "long" if name.upper() in NUMBERS else "string"}
        for name in (columns or COLUMNS[kind]).split(",")
    ]
    return Schema.parse(json.dumps({"type": "record", "name": kind, "fields": fields}), kind, name="s")


def summary(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.severity.value, finding.rule) for finding in findings]


def rows(number: int, row: bytes = b"u,i,1596238243\n", header: bytes = HEADER) -> bytes:
    return header + row * number


def check(*contents: bytes, kind: str = "Interactions", mode: str = "FULL", columns: str = "") -> ImportReport:
    objects = [(f"d/{number}.csv", len(content)) for number, content in enumerate(contents)]
    source = source_files("s3://b/d/", "d/", objects)
    files = [DataFile(f"s3://b/{key}", content) for (key, _), content in zip(objects, contents, strict=True)]
    return check_import(source, files, schema=schema(kind, columns), import_mode=mode)


def test_a_right_import_has_no_findings() -> None:
    report = check(rows(600), rows(400))
    assert report.findings == ()
    assert [(file.name, file.records) for file in report.files] == [("s3://b/d/0.csv", 600), ("s3://b/d/1.csv", 400)]


def test_the_location_is_told_first() -> None:
    report = check_import(source_files("s3://b/d/", "d/", []), [], dataset_type="Users")
    assert summary(report.findings) == [("error", "no-files")]


def test_headers_agree() -> None:
    other = rows(1, b"u,i,1,x\n", b"USER_ID,ITEM_ID,TIMESTAMP,KIND\n")
    report = check(rows(1000), other)
    [finding] = report.errors
    assert (finding.rule, finding.name) == ("headers-differ", "s3://b/d/1.csv")
    assert finding.message == (
        "s3://b/d/1.csv has other columns than s3://b/d/0.csv (KIND); expected the same header in each file"
    )


@pytest.mark.parametrize("header", [b"ITEM_ID,USER_ID,TIMESTAMP\n", b"user_id,item_id,timestamp\n"])
def test_headers_in_another_order_or_other_capitals_agree(header: bytes) -> None:
    report = check(rows(1000), rows(5, header=header))
    assert report.errors == ()
    assert ("warning", "headers-differ") in summary(report.findings)


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_a_thousand_interactions(mode: str) -> None:
    assert summary(check(rows(999), mode=mode).findings) == [("error", "too-few-interactions")]
    assert check(rows(1000), mode=mode).findings == ()


def test_a_thousand_action_interactions_are_needed_to_append() -> None:
    content = rows(999, b"u,a,Taken,1596238243\n", b"USER_ID,ACTION_ID,EVENT_TYPE,TIMESTAMP\n")
    assert check(content, kind="Action_Interactions").findings == ()
    [finding] = check(content, kind="Action_Interactions", mode="INCREMENTAL").findings
    assert finding.is_error
    assert finding.message == "s3://b/d/ has 999 action interactions; expected at least 1000 in an import"


def test_interactions_are_only_too_few_where_all_were_seen() -> None:
    objects = [("d/a.csv", 9), ("d/b.csv", 9)]
    few = DataFile("a", rows(5))
    for source, files in [
        (source_files("s3://b/d/", "d/", objects), [few]),
        (source_files("s3://b/d/", "d/", objects[:1], complete=False), [few]),
        (source_files("s3://b/d/", "d/", objects[:1]), [DataFile("a", rows(5), whole=False)]),
        (source_files("s3://b/d/", "d/", objects[:1]), []),
    ]:
        assert check_import(source, files, schema=schema()).findings == ()


def test_files_that_may_not_be_read_may_hold_the_rest() -> None:
    source = source_files("s3://b/d/", "d/", [("d/a.csv", 9), ("d/b.txt", 9)])
    files = [DataFile("a", rows(999)), DataFile("b", rows(1), certain=False)]
    assert check_import(source, files, schema=schema()).errors == ()
    files = [DataFile("a", rows(999)), DataFile("_SUCCESS", b"", certain=False)]
    assert [finding.rule for finding in check_import(source, files, schema=schema()).errors] == ["too-few-interactions"]


def test_nothing_is_certain_of_files_that_may_not_be_read() -> None:
    source = source_files("s3://b/d/", "d/", [("d/a.csv", 9), ("d/b.gz", 9)])
    files = [DataFile("a", rows(1000)), DataFile("b", b"\x1f\x8b", certain=False)]
    report = check_import(source, files, schema=schema())
    assert summary(report.findings) == [("warning", "not-csv-name"), ("warning", "not-csv")]


@pytest.mark.parametrize("known", [True, False])
def test_a_file_without_a_header_is_not_told_to_have_too_few_records(known: bool) -> None:
    content = b"someone@example.com,i1,1596238243\n" * 1000
    source = source_files("s3://b/x.csv", "x.csv", [("x.csv", len(content))])
    files = [DataFile("x.csv", content)]
    report = check_import(source, files, schema=schema() if known else None, dataset_type="Interactions")
    assert [finding.rule for finding in report.errors] == (["missing-column"] if known else [])
    if known:
        assert "the file may have no header" in report.errors[0].message


@pytest.mark.parametrize("kind", ["Users", "Items", "Actions", "Action_Interactions"])
def test_no_minimum_for_other_types(kind: str) -> None:
    header = COLUMNS[kind].encode() + b"\n"
    row = b"u,a,Taken,5\n" if kind == "Action_Interactions" else b"x,5\n"
    assert check(rows(1, row, header), kind=kind).findings == ()
    assert summary(check(header, kind=kind).findings) == [("warning", "no-records")]


@pytest.mark.parametrize(
    ("kind", "mode", "size", "found"),
    [
        ("Interactions", "FULL", 100 * GB, []),
        ("Interactions", "FULL", 101 * GB, [("warning", "too-large")]),
        ("Interactions", "FULL", 1025 * GB, [("error", "too-large")]),
        ("ACTION_INTERACTIONS", "FULL", 101 * GB, [("warning", "too-large")]),
        ("Action_Interactions", "FULL", 1025 * GB, [("error", "too-large")]),
        ("Users", "FULL", 100 * GB, []),
        ("users", "FULL", 101 * GB, [("error", "too-large")]),
        ("Items", "FULL", 101 * GB, [("error", "too-large")]),
        ("Actions", "FULL", 101 * GB, [("error", "too-large")]),
        ("Items", "INCREMENTAL", GB, []),
        ("Items", "INCREMENTAL", GB + 1, [("warning", "too-large")]),
        ("Items", "INCREMENTAL", 101 * GB, [("error", "too-large")]),
        ("Interactions", "INCREMENTAL", 2 * GB, [("warning", "too-large")]),
    ],
)
def test_size(kind: str, mode: str, size: int, found: list[tuple[str, str]]) -> None:
    source = SourceFiles("s3://b/d/", (("d/a.csv", size),))
    assert summary(check_import(source, [], dataset_type=kind, import_mode=mode).findings) == found


def test_size_in_words() -> None:
    source = SourceFiles("s3://b/d/", (("d/a.csv", GB),) * 150)
    [finding] = check_import(source, [], dataset_type="ITEMS").findings
    assert finding.message == (
        "s3://b/d/ has 150 GB; expected at most 100 GB in an import of Items with import mode FULL"
    )


ITEMS = b"ITEM_ID,YEAR\n"


def test_a_few_values_that_cannot_be_read_are_warnings_with_their_number() -> None:
    content = ITEMS + b"n,1995\n" * 9_729 + b"n,\n" * 12 + "r,2006\u20132007\n".encode()
    report = check(content, kind="Items")
    assert report.errors == ()
    assert [finding.message for finding in report.warnings] == [
        "s3://b/d/0.csv line 9731, column YEAR, has no value; expected a value, because schema s does not allow null "
        "there (in 12 of 9,742 records looked at)",
        "s3://b/d/0.csv line 9743, column YEAR, has '2006\u20132007'; expected a value of type long "
        "(in 1 of 9,742 records looked at)",
    ]


@pytest.mark.parametrize("wrong", [b"n,x\n", b"n,\n", b"n\n"])
def test_a_column_that_no_record_has_is_an_error_over_all_files(wrong: bytes) -> None:
    report = check(ITEMS + b"n,x\n" * 2, ITEMS + wrong, kind="Items")
    assert [(finding.name, finding.line) for finding in report.errors] == [("s3://b/d/0.csv", 2), ("s3://b/d/1.csv", 2)]
    assert report.errors[0].message.endswith("(in all 2 records looked at)")
    assert check(ITEMS + b"n,x\n" * 2, ITEMS + wrong + b"n,5\n", kind="Items").errors == ()
    assert check(ITEMS + b"n,x\n" * 2, ITEMS + b'n,"5\n', kind="Items").errors == ()


def test_different_faults_add_up() -> None:
    report = check(ITEMS + b"n,x\nn,\nn\n", kind="Items")
    assert [finding.rule for finding in report.errors] == ["type", "null", "too-few-values"]


def test_milliseconds_are_an_error_where_all_records_have_them() -> None:
    report = check(rows(1000, b"u,i,1596238243000\n"))
    assert [finding.rule for finding in report.errors] == ["milliseconds"]
    assert check(rows(999, b"u,i,1596238243000\n") + b"u,i,5\n").errors == ()


def test_a_schema_in_lower_case_has_the_same_rules() -> None:
    lower = "user_id,item_id,timestamp"
    header = lower.encode() + b"\n"
    report = check(rows(1000, header=header), columns=lower)
    assert summary(report.findings) == [("warning", "capitals")]
    assert report.findings[0].message == (
        "s3://b/d/ is for schema s, which has user_id, item_id, timestamp; expected USER_ID, ITEM_ID, TIMESTAMP as in "
        "the guide; imports without that were seen to succeed"
    )
    report = check(rows(1000, b"u" * 300 + b",i,1596238243000\n", header), columns=lower)
    assert [finding.rule for finding in report.errors] == ["length", "milliseconds"]


def test_the_same_mistake_in_many_files_is_told_once() -> None:
    header = b"USER_ID,ITEM,TIMESTAMP\n"
    report = check(*[rows(1, header=header)] * 3, rows(1, b"u,i,x\n") + b"u,i,5.0\nu,i,5\n")
    missing, differ, few = report.sentences(Severity.ERROR)
    assert "has 6 interactions" in few
    assert missing.startswith("s3://b/d/0.csv lacks the column ITEM_ID")
    assert missing.endswith("schema s, and the same in 2 other files")
    assert "has other columns than" in differ
    [wrong] = report.sentences(Severity.WARNING, redacted=True)
    assert wrong == (
        "s3://b/d/3.csv line 2, column TIMESTAMP, has 'x'; expected Unix epoch time in seconds (long), for example "
        "1596238243 (in 1 of 3 records looked at)"
    )
