"""A failure's reason ends with the first of the preflight's warnings that bears on it."""

import pytest

from cdk_personalize_import_handler.dataset_import.explanation import bearing, explained
from personalize_csv import RULES, Finding, Severity
from personalize_csv.text import Text, Value

# Always certain, so never a warning.
ERRORS_ONLY = {"missing-column", "no-header"}
COLUMNS = "Input csv is missing the following columns: [USER_ID]"


def warning(rule: str) -> Finding:
    return Finding(Severity.WARNING, rule, "s3://shop/x.csv", Text(f"{rule} in ", Value("someone@example.com")), "none")


@pytest.mark.parametrize("rule", sorted(RULES.keys() - ERRORS_ONLY))
def test_every_warning_bears_on_some_failure_and_tells_no_data(rule: str) -> None:
    texts = bearing([warning(rule)])
    assert texts
    assert all(rule in text and "someone" not in text for text in texts.values())


@pytest.mark.parametrize(
    ("reason", "rules", "told"),
    [
        (COLUMNS, ["null", "byte-order-mark", "quoted-header"], "byte-order-mark"),
        ("No objects found in S3 path s3://shop/items.", ["capitals", "folder-without-slash"], "folder-without-slash"),
        ("Input csv has rows that do not conform to the dataset schema.", ["capitals", "type", "null"], "type"),
        ("Length of USER_ID cannot be more than 256 characters.", ["capitals", "length"], "length"),
        ("The import exceeds the size limit", ["null", "too-large"], "too-large"),
        ("Something that nobody has seen yet", ["type", "capitals"], "capitals"),
        (COLUMNS, ["null", "folder-without-slash"], ""),
        ("Insufficient privileges for accessing data in S3", ["byte-order-mark", "null"], ""),
        (COLUMNS, [], ""),
    ],
)
def test_the_first_that_bears_on_a_failure_is_told(reason: str, rules: list[str], told: str) -> None:
    text = explained(reason, bearing([warning(rule) for rule in rules]))
    assert text.startswith(reason.rstrip(". "))
    assert [rule for rule in RULES if f" {rule} in " in text] == ([told] if told else [])
    if not told:
        assert text == reason
