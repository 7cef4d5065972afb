"""Each rule has its evidence and its explanation, and there are no others."""

import re
from pathlib import Path

import personalize_csv
from personalize_csv import RULES

SOURCES = Path(personalize_csv.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "pages" / "troubleshooting.md"
RULE = re.compile(r'(?:Problem|finding|_warning)\(\s*(?:[\w.]+, )?"([a-z-]+)"')


def test_every_rule_has_evidence() -> None:
    rules = {rule for path in SOURCES.glob("*.py") for rule in RULE.findall(path.read_text())}
    assert len(rules) > 25
    assert rules == RULES.keys()
    assert all(rule.evidence and rule.page.startswith("https://") for rule in RULES.values())


def test_every_rule_is_explained() -> None:
    explained = set(re.findall(r"^\|[^`]*`.*?\| `([a-z-]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert explained == RULES.keys()
