"""Is it text at all: compressed and binary objects, and text in another encoding than UTF-8.

Page preparing-training-data, "Bulk data format guidelines": the data must be in a CSV file, whose first row holds the
column headers, encoded in UTF-8 when it has any character outside ASCII.
"""

from __future__ import annotations

_KINDS = (
    (b"\x1f\x8b", "compressed with gzip"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"PK\x05\x06", "a zip archive"),
    (b"BZh91AY&SY", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
    (b"PAR1\x15", "a Parquet file"),
    (b"Obj\x01", "an Avro file"),
    (b"\xff\xfe", "encoded in UTF-16"),
    (b"\xfe\xff", "encoded in UTF-16"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook"),
)
_CONTROL = bytes(set(range(32)) - {9, 10, 13})


def not_text(start: bytes, header: bytes) -> str | None:
    """Say what a file is when it is not text; None for text.

    Args:
        start: the first bytes of the file, a few dozen at least.
        header: its first line, as far as it was seen. A header holds names, so a control character in it, unlike in a
            record, is certain to be no text.
    """
    for magic, kind in _KINDS:
        if start.startswith(magic):
            return kind
    if header.translate(None, _CONTROL) != header:
        return "binary data"
    return None
