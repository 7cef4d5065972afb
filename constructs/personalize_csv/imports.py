"""Checks an import as a whole: its location, each of its files, that their headers agree, how much there is.

Pages: preparing-training-data ("all column headers must match across all files"), limits ("Service quotas") and
bulk-data-import-step (what it takes to append). A value that is missing or wrong fails an import for certain only where
no record has a right one: `RULES["null"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from personalize_csv import limits
from personalize_csv.files import FileScan
from personalize_csv.findings import Finding, Severity, finding
from personalize_csv.header import has_header, public
from personalize_csv.reports import FileReport, ImportReport
from personalize_csv.schema import RESERVED, Schema
from personalize_csv.schema import dataset_type as known_dataset_type
from personalize_csv.source import SourceFiles
from personalize_csv.text import Columns, Text


class DataFile(NamedTuple):
    """A file of an import, as far as it is there.

    Attributes:
        name: the file in messages: a path or an S3 URL.
        content: its bytes from the start, at once or in chunks of any size.
        whole: whether that is all of it. Of a part, the line that its end cuts is left out.
        certain: whether the import reads it for certain; of `SourceFiles.doubtful` nothing is certain.
    """

    name: str
    content: bytes | Iterable[bytes]
    whole: bool = True
    certain: bool = True


def check_import(
    source: SourceFiles,
    files: Iterable[DataFile],
    *,
    schema: Schema | None = None,
    dataset_type: str | None = None,
    import_mode: str = "FULL",
    max_checked: int | None = None,
) -> ImportReport:
    """Check an import by all that documents say and records show.

    Args:
        source: the objects at its location, from `source_files`.
        files: those that could be read, each read when it is asked for. Where some of `source.files` or
            `source.doubtful` are not among them, nothing is said to be missing.
        schema: schema of the dataset; None when it is not known, and then only the form of the files is checked.
        dataset_type: type of the dataset in any capitals; by default the schema's. Where neither is known, the size
            of the import isn't checked.
        import_mode: `FULL` or `INCREMENTAL`.
        max_checked: number of records of each file whose values are checked. Later ones are just counted, of a part
            not even that. None checks all.

    Returns:
        What was found. Data that is right by the documentation gives no error.

    Raises:
        SchemaError: `dataset_type` is none that is known.
    """
    kind = schema.dataset_type if schema else None
    if dataset_type is not None:
        kind = known_dataset_type(dataset_type)
    scans = [(file, FileScan(file.name, schema, max_checked).read(file.content, file.whole)) for file in files]
    certain = [scan for file, scan in scans if file.certain]
    spoilt = _spoilt(certain)
    reports = [_report(scan, scan.findings(spoilt, certain=file.certain)) for file, scan in scans]
    findings = [*source.findings, *_check_schema(source.location, schema)]
    findings += (found for report in reports for found in report.findings)
    findings += _check_headers_agree(certain, schema)
    if kind is not None:
        all_read = source.complete and len(scans) == len(source.files) + len(source.doubtful)
        findings += _check_size(source, kind, import_mode)
        if all_read and all(_is_counted(file, scan, schema or Schema(kind, ())) for file, scan in scans):
            findings += _check_records(source.location, scans, kind, import_mode)
    return ImportReport(tuple(findings), tuple(reports))


def check_file(
    name: str, content: bytes | Iterable[bytes], schema: Schema | None, *, whole: bool, max_checked: int | None = None
) -> FileReport:
    """Check a file as the only one of an import, but for the number of its records.

    Args:
        name: the file in messages: a path or an S3 URL.
        content: the bytes of the file from its start, at once or in chunks of any size.
        schema: schema of the dataset; None when it is not known, and then only the form of the file is checked.
        whole: whether `content` is the whole file. Of a part, the line that its end cuts is left out.
        max_checked: number of records whose values are checked; as in `check_import`.
    """
    scan = FileScan(name, schema, max_checked).read(content, whole)
    return _report(scan, scan.findings(_spoilt([scan])))


def _report(scan: FileScan, findings: tuple[Finding, ...]) -> FileReport:
    return FileReport(scan.name, findings, scan.header, scan.records, scan.whole)


def _spoilt(scans: Sequence[FileScan]) -> set[str]:
    """Return the columns for which no record has a value that can be read."""
    looked_at = sum(scan.looked_at for scan in scans)
    names = {name for scan in scans for name in scan.wrong}
    return {name for name in names if sum(scan.wrong.get(name, 0) for scan in scans) == looked_at}


def _check_schema(location: str, schema: Schema | None) -> Iterator[Finding]:
    names = [field.name for field in schema.fields] if schema else []
    other = [name for name in names if name.upper() in RESERVED and name not in RESERVED]
    if schema and other:
        expected = f"{', '.join(map(str.upper, other))} as in the guide; imports without that were seen to succeed"
        what = f"is for {schema.label}, which has {', '.join(other)}"
        yield finding(Severity.WARNING, "capitals", location, what, expected)


def _check_headers_agree(scans: Sequence[FileScan], schema: Schema | None) -> Iterator[Finding]:
    """Check that the files of one folder have the same columns."""
    seen = [scan for scan in scans if scan.header is not None]
    for scan in seen[1:]:
        first, header = seen[0].header or (), scan.header or ()
        names = [{name.upper(): name for name in each} for each in (first, header)]
        only = sorted(names[0].keys() ^ names[1].keys())
        if only:
            shown = public(first, schema) | public(header, schema)
            differ = Columns(tuple({**names[0], **names[1]}[name] for name in only), shown)
            what = Text(f"has other columns than {seen[0].name} (", differ, ")")
            yield finding(Severity.ERROR, "headers-differ", scan.name, what, "the same header in each file")
            return
        if first != header:
            what = Text(f"has its columns in another order or other capitals than {seen[0].name}")
            yield finding(Severity.WARNING, "headers-differ", scan.name, what, "the same header in each file")
            return


def _check_size(source: SourceFiles, dataset_type: str, import_mode: str) -> Iterator[Finding]:
    # A quota that may have been raised for the account is a warning, up to the largest size that the page names at all.
    ceiling = limits.FULL_CEILING[dataset_type]
    quota = limits.INCREMENTAL_QUOTA if _appends(import_mode) else limits.FULL_QUOTA
    if source.size > quota:
        limit = ceiling if source.size > ceiling else quota
        severity = Severity.ERROR if source.size > ceiling else Severity.WARNING
        expected = f"at most {_gigabytes(limit)} in an import of {dataset_type} with import mode {import_mode}"
        expected += "" if severity is Severity.ERROR else ", unless the quota was raised"
        yield finding(severity, "too-large", source.location, f"has {_gigabytes(source.size)}", expected)


def _is_counted(file: DataFile, scan: FileScan, schema: Schema) -> bool:
    """Whether all records of a file were counted. Without a header, the first of them is taken for one."""
    return scan.whole and (not file.certain or has_header(scan.header or (), schema))


def _check_records(
    location: str, scans: Sequence[tuple[DataFile, FileScan]], dataset_type: str, import_mode: str
) -> Iterator[Finding]:
    if not scans:
        return
    records = sum(scan.records for _, scan in scans)
    events = {"Interactions": "interactions"}
    if _appends(import_mode):
        events["Action_Interactions"] = "action interactions"
    if dataset_type in events and records < limits.MIN_INTERACTIONS:
        expected = f"at least {limits.MIN_INTERACTIONS} in an import"
        what = f"has {records} {events[dataset_type]}"
        yield finding(Severity.ERROR, "too-few-interactions", location, what, expected)
    elif records == 0:
        what = "has no records after the header"
        yield finding(Severity.WARNING, "no-records", location, what, "at least one")


def _appends(import_mode: str) -> bool:
    return import_mode.upper() == "INCREMENTAL"


def _gigabytes(size: int) -> str:
    return f"{size / limits.GIGABYTE:.4g} GB"
