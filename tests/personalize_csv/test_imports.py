import pytest

from personalize_csv import FileReport, Finding, Severity, as_warnings, check_headers_agree, check_total, source_files

GB = 2**30


def summary(findings: list[Finding] | tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.severity.value, finding.rule) for finding in findings]


def report(name: str = "a.csv", header: tuple[str, ...] | None = ("A", "B"), records: int = 1, whole: bool = True):  # type: ignore[no-untyped-def]
    return FileReport(name, (), header, records, whole)


def test_one_file() -> None:
    source = source_files("s3://b/x.csv", "x.csv", [("x.csv", 5), ("x.csv.bak", 7)])
    assert (source.files, source.doubtful, source.findings) == ((("x.csv", 5),), (), ())
    assert source.sizes == [5]


def test_a_name_of_any_kind_is_one_file() -> None:
    assert source_files("s3://b/x", "x", [("x", 5)]).files == (("x", 5),)


@pytest.mark.parametrize("objects", [[], [("x.csv.bak", 7)]])
def test_no_file(objects: list[tuple[str, int]]) -> None:
    source = source_files("s3://b/x.csv", "x.csv", objects)
    assert summary(source.findings) == [("error", "no-files")]
    assert source.findings[0].message == (
        "s3://b/x.csv does not exist; expected a CSV file, or a folder ending in a slash"
    )


def test_folder_without_its_slash_is_left_to_the_service() -> None:
    source = source_files("s3://b/data", "data", [("data/x.csv", 7)])
    assert summary(source.findings) == [("warning", "folder-without-slash")]
    assert "s3://b/data/" in source.findings[0].message


@pytest.mark.parametrize("folder", ["data/", ""])
def test_folder(folder: str) -> None:
    objects = [(f"{folder}{name}", size) for name, size in [("a.csv", 5), ("b.CSV", 6)]]
    source = source_files("s3://b/" + folder, folder, [*objects, ("data/", 0)])
    assert (source.files, source.doubtful, source.findings) == (tuple(objects), (), ())


def test_folder_without_files() -> None:
    assert summary(source_files("s3://b/d/", "d/", []).findings) == [("error", "no-files")]
    [finding] = source_files("s3://b/d/", "d/", [("d/", 0)]).findings
    assert finding.message == "s3://b/d/ is a folder without files; expected CSV files there"


def test_sub_folders_are_not_read_for_certain() -> None:
    source = source_files("s3://b/d/", "d/", [("d/e/a.csv", 5)])
    assert (source.files, summary(source.findings)) == ((), [("warning", "sub-folders")])
    source = source_files("s3://b/d/", "d/", [("d/a.csv", 5), ("d/e/a.csv", 5)])
    assert (source.files, summary(source.findings)) == ((("d/a.csv", 5),), [("warning", "sub-folders")])


def test_files_that_may_not_be_read() -> None:
    source = source_files("s3://b/d/", "d/", [("d/_SUCCESS", 0), ("d/a.csv", 5), ("d/b.csv", 0), ("d/c.parquet", 9)])
    assert source.files == (("d/a.csv", 5),)
    assert [name for name, _ in source.doubtful] == ["d/_SUCCESS", "d/b.csv", "d/c.parquet"]
    assert summary(source.findings) == [("warning", "not-csv-name")]
    assert "3 objects" in source.findings[0].message


def test_an_empty_file_is_the_import_where_it_is_the_only_one() -> None:
    assert source_files("s3://b/d/", "d/", [("d/a.csv", 0)]).files == (("d/a.csv", 0),)


def test_headers_agree() -> None:
    assert check_headers_agree([]) == []
    assert check_headers_agree([report("a"), report("b"), report("c", header=None)]) == []
    [finding] = check_headers_agree([report("a"), report("b", header=("A", "C"))])
    assert (finding.severity, finding.rule, finding.name) == (Severity.ERROR, "headers-differ", "b")
    assert finding.message == "b has other columns than a (B, C); expected the same header in each file"
    assert summary(check_headers_agree([report("a"), report("b", header=("B", "A"))])) == [
        ("warning", "headers-differ")
    ]


def total(
    reports: list[FileReport], *, kind: str = "INTERACTIONS", mode: str = "FULL", size: int = 1, whole: bool = True
) -> list[tuple[str, str]]:
    return summary(check_total("s3://b/d/", reports, [size], dataset_type=kind, import_mode=mode, whole=whole))


@pytest.mark.parametrize("mode", ["FULL", "INCREMENTAL"])
def test_a_thousand_interactions(mode: str) -> None:
    assert total([report(records=999)], mode=mode) == [("error", "too-few-interactions")]
    assert total([report(records=1000)], mode=mode) == []
    assert total([report(records=600), report(records=400)], mode=mode) == []


def test_interactions_are_only_too_few_where_all_were_seen() -> None:
    assert total([report(records=999)], whole=False) == []
    assert total([report(records=999, whole=False)]) == []
    assert total([]) == []


@pytest.mark.parametrize("kind", ["Users", "ITEMS", "Actions", "action_interactions"])
def test_no_minimum_for_other_types(kind: str) -> None:
    assert total([report(records=1)], kind=kind) == []
    assert total([report(records=0)], kind=kind) == [("warning", "no-records")]


@pytest.mark.parametrize(
    ("kind", "mode", "size", "found"),
    [
        ("Interactions", "FULL", 100 * GB, []),
        ("Interactions", "FULL", 101 * GB, [("warning", "too-large")]),
        ("Interactions", "FULL", 1025 * GB, [("error", "too-large")]),
        ("Action_Interactions", "FULL", 101 * GB, [("warning", "too-large")]),
        ("Action_Interactions", "FULL", 1025 * GB, [("error", "too-large")]),
        ("Users", "FULL", 100 * GB, []),
        ("Users", "FULL", 101 * GB, [("error", "too-large")]),
        ("Items", "FULL", 101 * GB, [("error", "too-large")]),
        ("Actions", "FULL", 101 * GB, [("error", "too-large")]),
        ("Items", "INCREMENTAL", GB, []),
        ("Items", "INCREMENTAL", GB + 1, [("warning", "too-large")]),
        ("Items", "INCREMENTAL", 101 * GB, [("error", "too-large")]),
        ("Interactions", "INCREMENTAL", 2 * GB, [("warning", "too-large")]),
    ],
)
def test_size(kind: str, mode: str, size: int, found: list[tuple[str, str]]) -> None:
    assert total([report(records=5000)], kind=kind, mode=mode, size=size) == found


def test_size_in_words() -> None:
    [finding] = check_total("s3://b/d/", [], [GB] * 150, dataset_type="ITEMS", import_mode="FULL", whole=False)
    assert finding.message == (
        "s3://b/d/ has 150 GB; expected at most 100 GB in an import of Items with import mode FULL"
    )


def test_as_warnings() -> None:
    error = Finding(Severity.ERROR, "type", "a.csv line 2 is wrong", "a.csv", 2)
    softened = as_warnings(FileReport("a.csv", (error,), None, 0, whole=True))
    assert softened.errors == ()
    assert [finding.message for finding in softened.warnings] == [error.message]
