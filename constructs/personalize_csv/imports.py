"""Rules for an import as a whole: which objects it reads, that their headers agree, how much there is.

Pages: bulk-data-import-step and API_DataSource (a folder's location ends in a slash), preparing-training-data ("all
column headers must match across all files") and limits ("Service quotas").
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable, Sequence

from personalize_csv import limits
from personalize_csv.findings import FileReport, Finding, Severity
from personalize_csv.schema import dataset_type as known_dataset_type


@dataclasses.dataclass(frozen=True)
class SourceFiles:
    """The objects of a data location, as (key, size in bytes).

    Attributes:
        files: the CSV files that the import reads.
        doubtful: objects of a folder that the documentation does not promise to be read or to be ignored: those that
            are not named `.csv` or are empty. What is wrong with them is a warning.
        findings: what is wrong with the location itself.
    """

    files: tuple[tuple[str, int], ...]
    doubtful: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]

    @property
    def sizes(self) -> list[int]:
        """Sizes of the files in bytes."""
        return [size for _, size in self.files]


def source_files(location: str, key: str, objects: Iterable[tuple[str, int]]) -> SourceFiles:
    """Choose the files of a data location among the objects that S3 lists.

    Args:
        location: the location in messages, such as `s3://bucket/interactions/`.
        key: the location's key: of one object, or of a folder when it ends in a slash or is empty.
        objects: (key, size in bytes) of every object whose key starts with `key`.
    """
    objects = list(objects)
    if key and not key.endswith("/"):
        return _one_file(location, key, objects)
    inside = [(name, size) for name, size in objects if not name.endswith("/")]
    direct = [(name, size) for name, size in inside if "/" not in name[len(key) :]]
    named_csv = [item for item in direct if item[0].lower().endswith(".csv")]
    files = tuple(item for item in named_csv if item[1] > 0) or tuple(named_csv)
    doubtful = tuple(item for item in direct if item not in files)
    findings = []
    if not inside:
        what = "is a folder without files" if objects else "has no objects"
        findings.append(_finding(Severity.ERROR, "no-files", location, f"{what}; expected CSV files there"))
    elif not direct:
        message = f"has files in sub-folders only ({inside[0][0]}); expected CSV files directly in the folder"
        findings.append(_finding(Severity.WARNING, "sub-folders", location, message))
    elif len(direct) < len(inside):
        message = "has files in sub-folders, which the import may not read; expected files directly in the folder"
        findings.append(_finding(Severity.WARNING, "sub-folders", location, message))
    if doubtful:
        name = posixpath.basename(doubtful[0][0])
        message = (
            f"has {len(doubtful)} objects that are empty or not named .csv, such as {name}; expected only CSV files"
        )
        findings.append(_finding(Severity.WARNING, "not-csv-name", location, message))
    return SourceFiles(files, doubtful, tuple(findings))


def _one_file(location: str, key: str, objects: list[tuple[str, int]]) -> SourceFiles:
    files = tuple(item for item in objects if item[0] == key)
    if files:
        return SourceFiles(files, (), ())
    if any(name.startswith(f"{key}/") for name, _ in objects):
        # The page error-messages writes the location of a folder without a final slash, API_DataSource with one.
        message = f"is a folder; expected its location with a slash at the end, {location}/"
        return SourceFiles((), (), (_finding(Severity.WARNING, "folder-without-slash", location, message),))
    message = "does not exist; expected a CSV file, or a folder ending in a slash"
    return SourceFiles((), (), (_finding(Severity.ERROR, "no-files", location, message),))


def check_headers_agree(reports: Sequence[FileReport]) -> list[Finding]:
    """Check that the files of one folder have the same columns.

    Args:
        reports: the reports of the files; those without a header are left out.
    """
    seen = [report for report in reports if report.header is not None]
    for report in seen[1:]:
        first, header = seen[0].header or (), report.header or ()
        if set(first) != set(header):
            only = ", ".join(sorted(set(first) ^ set(header)))
            message = f"has other columns than {seen[0].name} ({only}); expected the same header in each file"
            return [_finding(Severity.ERROR, "headers-differ", report.name, message)]
        if first != header:
            message = f"has its columns in another order than {seen[0].name}; expected the same header in each file"
            return [_finding(Severity.WARNING, "headers-differ", report.name, message)]
    return []


def check_total(
    location: str,
    reports: Sequence[FileReport],
    sizes: Iterable[int],
    *,
    dataset_type: str,
    import_mode: str,
    whole: bool,
) -> list[Finding]:
    """Check the size of an import and its number of records.

    Args:
        location: the data location in messages.
        reports: the reports of the files, doubtful ones included.
        sizes: sizes of the files in bytes, as far as they are known.
        dataset_type: type of the dataset, in any capitals.
        import_mode: `FULL` or `INCREMENTAL`.
        whole: whether every file of the import is in `reports`. Records are only missing for certain when each of
            them was seen whole as well.
    """
    kind = known_dataset_type(dataset_type)
    findings = _check_size(location, sum(sizes), kind, import_mode)
    records = sum(report.records for report in reports)
    # A file without a header is said to be wrong already.
    seen = all(report.whole and (report.header is not None or not report.errors) for report in reports)
    if whole and reports and seen:
        if kind == "Interactions" and records < limits.MIN_INTERACTIONS:
            message = f"has {records} interactions; expected at least {limits.MIN_INTERACTIONS} in an import"
            findings.append(_finding(Severity.ERROR, "too-few-interactions", location, message))
        elif records == 0:
            message = "has no records after the header; expected at least one"
            findings.append(_finding(Severity.WARNING, "no-records", location, message))
    return findings


def _check_size(location: str, size: int, dataset_type: str, import_mode: str) -> list[Finding]:
    # A quota that may have been raised for the account is a warning, up to the largest size that the page names at all.
    ceiling = limits.FULL_CEILING[dataset_type]
    quota = limits.INCREMENTAL_QUOTA if import_mode.upper() == "INCREMENTAL" else limits.FULL_QUOTA
    if size <= quota:
        return []
    limit = ceiling if size > ceiling else quota
    severity = Severity.ERROR if size > ceiling else Severity.WARNING
    message = (
        f"has {_gigabytes(size)}; expected at most {_gigabytes(limit)} in an import of {dataset_type} with import mode "
        f"{import_mode}" + ("" if severity is Severity.ERROR else ", unless the quota was raised")
    )
    return [_finding(severity, "too-large", location, message)]


def _gigabytes(size: int) -> str:
    return f"{size / limits.GIGABYTE:.4g} GB"


def _finding(severity: Severity, rule: str, name: str, rest: str) -> Finding:
    return Finding(severity, rule, f"{name} {rest}", name)
