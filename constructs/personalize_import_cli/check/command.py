"""``personalize-import check``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console

from personalize_csv import DataFile, Schema, check_import
from personalize_import_cli.aws import Account
from personalize_import_cli.check.as_github import github_lines
from personalize_import_cli.check.as_json import json_text
from personalize_import_cli.check.as_text import print_text
from personalize_import_cli.check.data import Data
from personalize_import_cli.check.dataset import DOMAINS, TYPES, schema_of_dataset, schema_of_file
from personalize_import_cli.check.local_data import local_data
from personalize_import_cli.check.progress import Counted, bar
from personalize_import_cli.check.result import Result
from personalize_import_cli.check.s3_data import is_location, s3_data
from personalize_import_cli.fix.fix import fix

_MODES = ("full", "incremental")
_NOT_BOTH = "--dataset takes type, domain and schema from Personalize: leave out --schema, --type and --domain."


@click.command()
@click.argument("data")
@click.option("--schema", type=click.Path(path_type=Path), help="File with the Avro schema of the dataset.")
@click.option("--type", "dataset_type", type=click.Choice(TYPES, case_sensitive=False), help="Type of the dataset.")
@click.option("--domain", type=click.Choice(DOMAINS, case_sensitive=False), help="Domain of the dataset group.")
@click.option("--dataset", metavar="ARN", help="Take type, domain and schema of this dataset from Personalize.")
@click.option("--import-mode", type=click.Choice(_MODES, case_sensitive=False), default="full", show_default=True)
@click.option("--whole", is_flag=True, help="Read objects in S3 whole, not just the start of some.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings as well.")
@click.option("--fix", "out", type=click.Path(path_type=Path), help="Write a copy with what can be put right.")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.option("--profile", help="Profile in the AWS configuration.")
@click.option("--region", help="AWS region.")
@click.pass_context
def check(
    context: click.Context,
    data: str,
    schema: Path | None,
    dataset_type: str | None,
    domain: str | None,
    dataset: str | None,
    import_mode: str,
    whole: bool,
    strict: bool,
    out: Path | None,
    form: str,
    profile: str | None,
    region: str | None,
) -> None:
    """Check DATA before it is imported: a file, a folder, or s3://bucket/prefix/.

    Exit code: 0 if nothing is certain to fail, 1 for errors, 2 if it can't be checked.

    --fix writes a copy without a byte order mark, with line feeds, with the names and the order of columns that the
    schema has, without an unnamed index column and with times in seconds; then the copy is checked.
    """
    rules = _schema(schema, dataset_type, domain, dataset, profile, region)
    if is_location(data):
        if out is not None:
            raise click.UsageError("--fix works on files of this machine: copy the data from S3 first.")
        found = s3_data(Account(profile, region).client("s3"), data, whole=whole)
    else:
        found = local_data(Path(data))
    fixed: tuple[str, ...] = ()
    if out is not None:
        with bar("Putting right", 2 * found.size) as counted:
            fixed = fix(found, Path(data), out, rules, counted)
        found = local_data(out)
    with bar("Checking", found.size) as counted:
        report = check_import(found.source, _files(found, counted), schema=rules, import_mode=import_mode.upper())
    result = Result(found.source.location, report, found.is_partial, strict, fixed)
    _print(result, form)
    context.exit(result.exit_code)


def _schema(
    schema: Path | None,
    dataset_type: str | None,
    domain: str | None,
    dataset: str | None,
    profile: str | None,
    region: str | None,
) -> Schema:
    if dataset is not None:
        if schema or dataset_type or domain:
            raise click.UsageError(_NOT_BOTH)
        return schema_of_dataset(Account(profile, region).client("personalize"), dataset)
    if schema is None or dataset_type is None:
        raise click.UsageError("Give --schema and --type, or --dataset.")
    return schema_of_file(schema, dataset_type, domain)


def _files(data: Data, counted: Counted) -> Iterator[DataFile]:
    certain = {key for key, _ in data.source.files}
    for key in data.sampled:
        yield DataFile(data.name(key), counted(data.read(key)), data.is_whole(key), key in certain)


def _print(result: Result, form: str) -> None:
    if form == "json":
        click.echo(json_text(result))
    elif form == "github":
        for line in github_lines(result):
            click.echo(line)
    else:
        print_text(result, Console())
