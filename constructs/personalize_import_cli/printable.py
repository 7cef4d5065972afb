"""Text from elsewhere, as it may be printed."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return a text whose control characters are written out, so that none of them reaches the terminal."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
