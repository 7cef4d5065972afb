"""Import jobs that answer what no document settles, each with the question that it answers."""

import gzip
from dataclasses import dataclass, field
from typing import Any

HEADER = "USER_ID,ITEM_ID,TIMESTAMP,SCORE"
ROWS = [f"u{row % 50},i{row % 100},{1700000000 + row},0.5" for row in range(1000)]


def csv(rows: list[str] | None = None, header: str = HEADER, end: str = "\n") -> bytes:
    """A file of interactions; by default as it should be."""
    return end.join([header, *(ROWS if rows is None else rows), ""]).encode()


def swapped(row: str) -> str:
    user, item, time, score = row.split(",")
    return f"{item},{user},{time},{score}"


def broken(count: int) -> list[str]:
    """Rows of which ``count`` have text in the place of a time."""
    return [row if at >= count else f"u{at},i{at},yesterday,0.5" for at, row in enumerate(ROWS)]


@dataclass(frozen=True)
class Point:
    """A question, and the job that answers it.

    Attributes:
        question: What isn't documented.
        files: The data, by key below the job's own folder.
        key: The data location below that folder; empty for the folder itself.
        kind: The dataset's type.
        more: Further members of the request.
    """

    question: str
    files: dict[str, bytes] = field(default_factory=dict)
    key: str = ""
    kind: str = "Interactions"
    more: dict[str, Any] = field(default_factory=dict)


def one(question: str, content: bytes, **more: Any) -> Point:
    """A point whose data is one file."""
    return Point(question, {"data.csv": content}, "data.csv", more=more)


POINTS = {
    "few": one("fewer than 1,000 interactions", csv(ROWS[:999])),
    "empty": one("an empty file", b""),
    "header-only": one("a header without records", csv([])),
    "order": one(
        "columns in another order than the schema's", csv([*map(swapped, ROWS)], "ITEM_ID,USER_ID,TIMESTAMP,SCORE")
    ),
    "lower": one("a header in lower case", csv(header=HEADER.lower())),
    "extra": one("a column that the schema lacks", csv([f"{row},x" for row in ROWS], f"{HEADER},EXTRA")),
    "twice": one("a column twice", csv([f"{row},0.5" for row in ROWS], f"{HEADER},SCORE")),
    "bom": one("a byte order mark", b"\xef\xbb\xbf" + csv()),
    "latin1": one("a byte that isn't UTF-8", csv().replace(b"u1,", b"\xe9,")),
    "carriage": one("lines that end with CR LF", csv(end="\r\n")),
    "milliseconds": one("times in milliseconds", csv([row.replace("1700", "1700000") for row in ROWS])),
    "gzip": Point("a compressed file", {"data.csv.gz": gzip.compress(csv(), mtime=0)}, "data.csv.gz"),
    "sub-folder": Point("a folder that only has a sub-folder", {"sub/data.csv": csv()}),
    "other-file": Point("a folder with a text file beside the data", {"data.csv": csv(), "notes.txt": b"hello\n"}),
    "missing": Point("a key that isn't there", {}, "data.csv"),
    "one-bad": one("one wrong value in 1,000 records", csv(broken(1))),
    "tenth-bad": one("a tenth of the records wrong", csv(broken(100))),
    "all-bad": one("every record wrong", csv(broken(1000))),
    "attribution": one("attribution metrics without an attribution", csv(), publishAttributionMetricsToS3=True),
    "no-role": one("a role that isn't there", csv(), roleArn="unknown"),
    "incremental": Point(
        "INCREMENTAL before FULL",
        {"data.csv": b"USER_ID,AGE\nu1,30\n"},
        "data.csv",
        "Users",
        {"importMode": "INCREMENTAL"},
    ),
}
