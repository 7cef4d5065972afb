"""The page that explains the messages knows every rule, and no other."""

import re
from pathlib import Path

import personalize_csv

SOURCES = Path(personalize_csv.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "pages" / "troubleshooting.md"
RULE = re.compile(r'(?:Problem\(|_finding\(|_warning\()\s*(?:[\w.]+, )?"([a-z-]+)"')


def test_every_rule_is_explained() -> None:
    rules = {rule for path in SOURCES.glob("*.py") for rule in RULE.findall(path.read_text())}
    explained = set(re.findall(r"^\|[^`]*`.*?\| `([a-z-]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert len(rules) > 25
    assert explained == rules
