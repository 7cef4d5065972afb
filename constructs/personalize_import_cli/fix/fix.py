"""Puts right what can be: of a file, or of each CSV file in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from personalize_csv import Schema
from personalize_csv.content import not_text
from personalize_csv.lines import LINE_END, LineTooLongError
from personalize_import_cli.check.data import Data
from personalize_import_cli.check.progress import Counted
from personalize_import_cli.fix.copy import write_copy
from personalize_import_cli.fix.plan import plan, sentences
from personalize_import_cli.fix.survey import MixedLineEndsError, Survey


def fix(data: Data, path: Path, out: Path, schema: Schema, counted: Counted) -> tuple[str, ...]:
    """Write a copy, and return what was done, one sentence each.

    Args:
        data: The data, of this machine.
        path: Where it is.
        out: Where the copy goes; nothing may be there.
        schema: The schema of the dataset.
        counted: Told of each chunk that is read.

    Raises:
        UsageError: Something is at `out`, or a file isn't text; then nothing is left there.
    """
    keys = [key for key, _ in data.source.files]
    if not keys:
        raise click.UsageError(f"{path} has no CSV file to put right.")
    with _made(out, path.is_dir()):
        done: list[str] = []
        for key in keys:
            target = out / key if path.is_dir() else out
            done += _fix_file(data, key, target, schema, counted)
        return tuple(done)


def _fix_file(data: Data, key: str, out: Path, schema: Schema, counted: Counted) -> list[str]:
    name = data.name(key)
    start = next(data.read(key), b"")
    kind = not_text(start, LINE_END.split(start, maxsplit=1)[0])
    if kind is not None:
        raise click.UsageError(f"{name} is {kind}, which can't be put right without guessing.")
    try:
        survey = Survey().read(counted(data.read(key)), schema)
    except LineTooLongError:
        raise click.UsageError(f"{name} has a line that is too long to be one of CSV.") from None
    except MixedLineEndsError as error:
        raise click.UsageError(f"{name} has lines that end in different ways, as in line {error}.") from None
    if not survey.header:
        raise click.UsageError(f"{name} has no header to put right.")
    made = plan(survey, schema)
    with out.open("xb") as target:
        write_copy(counted(data.read(key)), target, made)
    return list(sentences(name, str(out), made))


@contextmanager
def _made(out: Path, is_folder: bool) -> Iterator[None]:
    """Make the folder that the copies go to, if they go to one; take away what was written if it isn't finished."""
    if out.is_symlink() or out.exists():
        raise _taken(out)
    try:
        if is_folder:
            out.mkdir()
        yield
    except FileExistsError:
        raise _taken(out) from None  # Somebody else made it meanwhile.
    except BaseException as error:
        if is_folder:
            shutil.rmtree(out, ignore_errors=True)
        elif out.is_file():
            out.unlink()
        if isinstance(error, OSError):
            raise click.UsageError(f"{out} can't be written: {error.strerror}.") from error
        raise


def _taken(out: Path) -> click.UsageError:
    return click.UsageError(f"{out} is there already. --fix writes a new copy and changes nothing that is there.")
