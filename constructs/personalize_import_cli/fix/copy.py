"""Writes the copy of a file as its plan says, line by line, whatever its size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from personalize_csv.records import RecordReader
from personalize_import_cli.fix.cells import cells
from personalize_import_cli.fix.plan import Plan
from personalize_import_cli.fix.survey import in_seconds, lines


def write_copy(chunks: Iterable[bytes], out: BinaryIO, plan: Plan) -> None:
    """Write the copy.

    Args:
        chunks: The content of the file.
        out: Where to.
        plan: What is put right.
    """
    reader = RecordReader()
    has_header = False
    last = b""

    def noted() -> Iterator[bytes]:
        nonlocal last
        for chunk in chunks:
            last = chunk[-1:] or last
            yield chunk

    changes = plan.order is not None or bool(plan.time_columns)
    for number, line, _ in lines(noted()):
        text = line.removesuffix("\r")
        if number == 1:
            text = text.removeprefix("\ufeff")
        else:
            out.write(b"\n")
        if text.strip(" \t"):
            if not has_header:
                has_header = True
                text = ",".join(plan.header)
            elif changes:
                text = _record(text, reader, plan)
        out.write(text.encode("utf-8", "surrogateescape"))
    if last in (b"\n", b"\r"):
        out.write(b"\n")


def _record(text: str, reader: RecordReader, plan: Plan) -> str:
    found = None if reader.read(text) is None else cells(text)
    # Where columns are moved, the survey has seen that there is no such record.
    if found is None or len(found) != plan.width:
        return text
    for place in plan.time_columns:
        if (seconds := in_seconds(found[place])) is not None:
            found[place] = seconds
    return ",".join(found if plan.order is None else (found[place] for place in plan.order))
