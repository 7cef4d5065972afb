"""Rules for a data location: which of its objects an import reads.

Pages: bulk-data-import-step and API_DataSource (a folder's location ends in a slash).
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Iterable

from personalize_csv.findings import Finding, Severity, finding


@dataclasses.dataclass(frozen=True)
class SourceFiles:
    """The objects of a data location, as (key, size in bytes).

    Attributes:
        location: the location in messages.
        files: the CSV files that the import reads.
        doubtful: objects of a folder that the documentation does not promise to be read or to be ignored: those that
            are not named `.csv` or are empty. What is wrong with them is a warning.
        findings: what is wrong with the location itself.
        complete: whether no more objects are there.
    """

    location: str
    files: tuple[tuple[str, int], ...]
    doubtful: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    complete: bool = True

    @property
    def size(self) -> int:
        """Bytes of the files together."""
        return sum(size for _, size in self.files)


def source_files(location: str, key: str, objects: Iterable[tuple[str, int]], *, complete: bool = True) -> SourceFiles:
    """Choose the files of a data location among the objects that S3 lists.

    Args:
        location: the location in messages, such as `s3://bucket/interactions/`.
        key: the location's key: of one object, or of a folder when it ends in a slash or is empty.
        objects: (key, size in bytes) of every object whose key starts with `key`. For a local folder, the paths of its
            files relative to it, and a `key` that is empty; for a local file, its name as the only one, and as the key.
        complete: whether these are all; if not, nothing is missing for certain.
    """
    objects = list(objects)
    if key and not key.endswith("/"):
        return dataclasses.replace(_one_file(location, key, objects), complete=complete)
    inside = [(name, size) for name, size in objects if not name.endswith("/")]
    direct = [(name, size) for name, size in inside if "/" not in name[len(key) :]]
    named_csv = [item for item in direct if item[0].lower().endswith(".csv")]
    files = tuple(item for item in named_csv if item[1] > 0) or tuple(named_csv)
    doubtful = tuple(item for item in direct if item not in files)
    findings = []
    if not inside:
        what = "is a folder without files" if objects else "has no objects"
        severity = Severity.ERROR if complete else Severity.WARNING
        findings.append(finding(severity, "no-files", location, what, "CSV files there"))
    elif not direct:
        what = f"has files in sub-folders only ({inside[0][0]})"
        findings.append(finding(Severity.WARNING, "sub-folders", location, what, "CSV files directly in the folder"))
    elif len(direct) < len(inside):
        what = "has files in sub-folders, which the import may not read"
        findings.append(finding(Severity.WARNING, "sub-folders", location, what, "files directly in the folder"))
    if doubtful:
        name = posixpath.basename(doubtful[0][0])
        what = f"has {len(doubtful)} objects that are empty or not named .csv, such as {name}"
        findings.append(finding(Severity.WARNING, "not-csv-name", location, what, "only CSV files"))
    return SourceFiles(location, files, doubtful, tuple(findings), complete)


def _one_file(location: str, key: str, objects: list[tuple[str, int]]) -> SourceFiles:
    files = tuple(item for item in objects if item[0] == key)
    if files:
        return SourceFiles(location, files, ())
    if any(name.startswith(f"{key}/") for name, _ in objects):
        # The page error-messages writes the location of a folder without a final slash, API_DataSource with one.
        expected = f"its location with a slash at the end, {location}/"
        found = finding(Severity.WARNING, "folder-without-slash", location, "is a folder", expected)
    else:
        expected = "a CSV file, or a folder ending in a slash"
        found = finding(Severity.ERROR, "no-files", location, "does not exist", expected)
    return SourceFiles(location, (), (), (found,))
