"""What is put right in a file, decided from its survey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personalize_csv import Schema
from personalize_import_cli.fix.survey import Survey


@dataclass(frozen=True)
class Plan:
    """How a copy differs.

    Attributes:
        header: The names of its columns, as they are written.
        width: How many columns the source has.
        order: Where its columns are in the source; None where they stay as they are.
        time_columns: Places in the source of columns whose milliseconds become seconds.
        done: What is put right, one part of a sentence each.
        left: What isn't, and why.
    """

    header: tuple[str, ...]
    width: int
    order: tuple[int, ...] | None
    time_columns: tuple[int, ...]
    done: tuple[str, ...]
    left: tuple[str, ...]


def plan(survey: Survey, schema: Schema) -> Plan:
    """Return what can be put right.

    Args:
        survey: The file.
        schema: The schema of the dataset.
    """
    done, left = [], []
    if survey.has_mark:
        done.append("byte order mark taken off")
    if survey.is_by_returns or survey.returns:
        instead = "a carriage return" if survey.is_by_returns else "a carriage return and a line feed"
        done.append(f"lines end in a line feed instead of {instead}")
    if '"' in survey.header_line:
        if not any(map(_needs_marks, survey.names)):
            done.append("header without quotation marks")
    elif any(name != name.strip() for name in survey.header_line.split(",")):
        done.append("header without spaces around names")
    capitals = [f"{old} is {new}" for old, new in zip(survey.header, survey.names, strict=True) if old != new]
    if capitals:
        done.append(f"capitals of columns: {', '.join(capitals)}")
    wanted = _order(survey, schema)
    moved = wanted != list(range(len(survey.names)))
    if moved and survey.uncertain_line:
        left.append(
            f"columns stay where they are: the cells of line {survey.uncertain_line} can't be told apart for certain"
        )
    elif moved:
        if survey.has_index:
            done.append("unnamed index column taken out")
        kept = [place for place in range(len(survey.names)) if place in wanted]
        if wanted != kept:
            done.append(f"columns in the order {', '.join(survey.names[place] for place in wanted)}")
    order = tuple(wanted) if moved and not survey.uncertain_line else None
    if survey.milliseconds:
        columns = ", ".join(survey.names[place] for place in survey.time_columns)
        values = f"{survey.milliseconds:,} value" + ("s" if survey.milliseconds > 1 else "")
        done.append(f"{values} of {columns} in seconds instead of milliseconds")
    names = survey.names if order is None else [survey.names[place] for place in order]
    header = tuple(_written(name) for name in names)
    time_columns = survey.time_columns if survey.milliseconds else ()
    return Plan(header, len(survey.names), order, time_columns, tuple(done), tuple(left))


def _order(survey: Survey, schema: Schema) -> list[int]:
    """Return the places of the columns in the schema's order; the schema's in the places that any of them has."""
    known = [field.name for field in schema.fields]
    kept = list(range(1 if survey.has_index else 0, len(survey.names)))
    of_schema = [place for place in kept if survey.names[place] in known]
    if len({survey.names[place] for place in of_schema}) < len(of_schema):
        return kept  # A name that comes twice: which one is meant?
    in_order = iter(sorted(of_schema, key=lambda place: known.index(survey.names[place])))
    return [next(in_order) if place in of_schema else place for place in kept]


def _needs_marks(name: str) -> bool:
    return "," in name or '"' in name


def _written(name: str) -> str:
    marked = name.replace('"', '""')
    return f'"{marked}"' if _needs_marks(name) else name


def sentences(name: str, out: str, made: Plan) -> Sequence[str]:
    """Return what was done to a file, one sentence each."""
    done = [f"{out}: {what}" for what in made.done] or [f"{out}: as {name}, nothing had to be put right"]
    return [*done, *(f"{out}: {what}" for what in made.left)]
