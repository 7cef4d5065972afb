"""The rules that data must keep to be imported into Amazon Personalize, as AWS documents them.

One rule set for three readers: the handler, on the first kilobytes of the files; the construct, on whole local files;
the embedded AWS's import job, on whole objects. Standard library only, no AWS calls.

    schema = Schema.parse(schema_json, "INTERACTIONS", domain=None, name="my-schema")
    source = source_files("s3://bucket/folder/", "folder/", [("folder/a.csv", 120), ...])      # what of it is read
    reports = [check_file("s3://bucket/folder/a.csv", chunks, schema, whole=True), ...]         # one for each file
    reports += [as_warnings(check_file(...)), ...]                                   # and for each of source.doubtful
    findings = [
        *source.findings,
        *(finding for report in reports for finding in report.findings),
        *check_headers_agree(reports),
        *check_total("s3://bucket/folder/", reports, source.sizes,
                     dataset_type="INTERACTIONS", import_mode="FULL", whole=True),
    ]
    errors = [finding.message for finding in findings if finding.is_error]

An ERROR breaks a documented requirement, whatever way the data is read. Where the documentation is silent, only
recommends, or names a quota that may have been raised, it is a WARNING. Objects in `source.doubtful` may not be read
at all, so nothing about them is certain; leave them out of `check_headers_agree`. `Finding.service_text` is
Personalize's own text where it is documented.
"""

from personalize_csv.files import check_file
from personalize_csv.findings import FileReport, Finding, Severity, as_warnings
from personalize_csv.imports import SourceFiles, check_headers_agree, check_total, source_files
from personalize_csv.schema import DATASET_TYPES, Field, Schema, SchemaError, dataset_type

__all__ = [
    "DATASET_TYPES",
    "Field",
    "FileReport",
    "Finding",
    "Schema",
    "SchemaError",
    "Severity",
    "SourceFiles",
    "as_warnings",
    "check_file",
    "check_headers_agree",
    "check_total",
    "dataset_type",
    "source_files",
]
