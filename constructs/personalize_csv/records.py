r"""Lines of a file and the values of a record.

The documented dialect (pages preparing-training-data, items-datasets "Unstructured text metadata" and error-messages):
commas, each record on a single line, text in double quotes, `\` before a double quote or a backslash inside them.
Doubled double quotes, common elsewhere, are read as well.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

_QUOTED = re.compile(r'"((?:[^"\\]++|\\.|"")*+)"', re.DOTALL)
_REST_OF_QUOTED = re.compile(r'(?:[^"\\]++|\\.|"")*+"')
_ESCAPED = re.compile(r'\\(["\\])|"(")')
_QUOTED_WITHOUT_BACKSLASH = re.compile(r'"((?:[^"]++|"")*+)"', re.DOTALL)


def split(text: str) -> list[str] | None:
    """Return the values of a record in the documented dialect; None when a quoted text does not end."""
    if '"' not in text:
        return text.split(",")
    return _split(text, _QUOTED)


def _split(text: str, quoted: re.Pattern[str]) -> list[str] | None:
    values = []
    start = 0
    while True:
        value = ""
        if text.startswith('"', start):
            match = quoted.match(text, start)
            if match is None:
                return None
            value = _ESCAPED.sub(r"\1\2", match[1]) if quoted is _QUOTED else match[1].replace('""', '"')
            start = match.end()
        end = text.find(",", start)
        values.append(value + text[start : end if end >= 0 else len(text)])
        if end < 0:
            return values
        start = end + 1


def other_readings(text: str) -> Iterator[list[str] | None]:
    """Yield the values of a record as other readers of CSV would have them; None where a reader would give up.

    The documentation does not say what a backslash outside quotes means, or one before the closing quote, or a space
    before an opening quote. A record is only wrong for certain when it is wrong in each reading.
    """
    backslash = "\\" in text
    for escape in (None, "\\") if backslash else (None,):
        for skip_space in (False, True) if ' "' in text else (False,):
            reader = csv.reader(io.StringIO(text, newline=""), escapechar=escape, skipinitialspace=skip_space)
            try:
                yield next(reader, None)
            except csv.Error:
                yield None


class RecordReader:
    """Splits the lines of a file into values and follows quoted texts that go on over several lines.

    Attributes:
        inside_text: whether the last line ended within a quoted text.
    """

    def __init__(self) -> None:
        self.inside_text = False

    def read(self, line: str) -> list[str] | None:
        """Return the values of a line; None for a line that holds a part of a quoted text that spans lines.

        Against the documentation such a text may be meant as one record. Or its double quote is a stray one and each
        line a
        record: nothing certain can be said about the values.
        """
        if self.inside_text:
            end = _REST_OF_QUOTED.match(line)
            if end is not None:
                comma = line.find(",", end.end())
                self.inside_text = comma >= 0 and split(line[comma + 1 :]) is None
            return None
        values = split(line)
        if values is None and "\\" in line:
            # "C:\\" ends here for a reader that knows no backslash escapes.
            values = _split(line, _QUOTED_WITHOUT_BACKSLASH)
        self.inside_text = values is None
        return values
