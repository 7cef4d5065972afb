"""The cells of a record as they are written, quotation marks and all, where there is only one way to read it."""

from __future__ import annotations

import re

from personalize_csv import records

_CELL = re.compile(r'("(?:[^"\\]++|\\.|"")*+"[^,]*|[^,]*)(,|$)', re.DOTALL)


def cells(line: str) -> list[str] | None:
    """Return the cells of a line; None where readers of CSV may differ about them."""
    if '"' not in line and "\\" not in line:
        return line.split(",")
    values = records.split(line)
    if values is None:
        return None
    if ("\\" in line or ' "' in line) and any(other != values for other in records.other_readings(line)):
        return None
    found = []
    for match in _CELL.finditer(line):
        found.append(match[1])
        if not match[2]:
            break
    return found if len(found) == len(values) else None
