"""The rules that data must keep to be imported into Amazon Personalize, as documents say and imports have shown.

One rule set for three readers: the function's preflight, on the first kilobytes of the files; synthesis and the command
line, on whole files; the embedded AWS's import job, on whole objects. Standard library only, no AWS calls.

    schema = Schema.parse(schema_json, "INTERACTIONS", domain=None, name="my-schema")
    source = source_files("s3://bucket/folder/", "folder/", [("folder/a.csv", 120), ...])    # what of it is read
    files = [DataFile("s3://bucket/folder/a.csv", chunks), ...]            # one for each of source.files
    files += [DataFile("s3://bucket/folder/b.txt", chunks, certain=False), ...]    # and of source.doubtful
    report = check_import(source, files, schema=schema, import_mode="FULL")
    for finding in report.findings:
        print(finding.severity.value, finding.message, RULES[finding.rule].page)
    errors = report.sentences(Severity.ERROR)           # the same mistake in several files is told once

`Finding.message` quotes the data, for the eyes of its owner; `Finding.redacted_message` does not. The parts of a
message, for other forms of output: `name`, `line`, `column`, `value`, `what`, `expected`, `times` of `looked_at`
records.
`Finding.service_text` is Personalize's own text where it is documented.

An ERROR is certain: a document says, or a record shows, that such an import fails, in whatever way the data is read.
Everything else is a WARNING. `RULES` names the evidence of each rule.
"""

from personalize_csv.findings import Finding, Severity
from personalize_csv.imports import DataFile, check_file, check_import
from personalize_csv.reports import FileReport, ImportReport
from personalize_csv.rules import RULES
from personalize_csv.schema import DATASET_TYPES, Schema, SchemaError
from personalize_csv.source import SourceFiles, source_files

__all__ = [
    "DATASET_TYPES",
    "RULES",
    "DataFile",
    "FileReport",
    "Finding",
    "ImportReport",
    "Schema",
    "SchemaError",
    "Severity",
    "SourceFiles",
    "check_file",
    "check_import",
    "source_files",
]
