"""Which objects of a data location an import reads."""

import pytest

from personalize_csv import Finding, source_files


def summary(findings: list[Finding] | tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.severity.value, finding.rule) for finding in findings]


def test_one_file() -> None:
    source = source_files("s3://b/x.csv", "x.csv", [("x.csv", 5), ("x.csv.bak", 7)])
    assert (source.files, source.doubtful, source.findings) == ((("x.csv", 5),), (), ())
    assert source.size == 5


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


def test_of_a_part_of_the_objects_nothing_is_missing() -> None:
    source = source_files("s3://b/d/", "d/", [("d/", 0)], complete=False)
    assert summary(source.findings) == [("warning", "no-files")]
    assert not source.complete
