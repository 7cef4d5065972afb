"""The construct's policies name actions, resources and condition keys that the service authorization reference has."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_authorization import is_action, knows_condition, takes

DOCS = Path(__file__).parents[3] / "docs"
# Actions that the reference gives resources, allowed on any, since the one that is looked at isn't documented.
ON_ANY = {"personalize:TagResource"}
# Lambda checks that the role has these on any resource, as its own policy for a function in a VPC gives them.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
OF_NETWORK = {"ConnectToVpc", "LeaveVpcToLambda"}
# Lambda adds it to every call of a function's code, whatever the service.
# https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
OF_EVERY_CALL = {"lambda:SourceFunctionArn"}
Statement = tuple[str, dict[str, Any], list[str]]


@pytest.fixture(scope="module")
def statements() -> Iterator[list[Statement]]:
    """Name, statement and readable resources of every statement of an app that uses everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS))
        page = importlib.import_module("permissions_page")
        yield [
            (f"{owner}: {name}", statement, [page._plain(each, resources) for each in many(statement, "Resource")])
            for owner, name, statement, resources in page._statements()
        ]


def many(statement: dict[str, Any], key: str) -> list[Any]:
    value = statement.get(key, [])
    return value if isinstance(value, list) else [value]


def test_every_action_is_one(statements: list[Statement]) -> None:
    assert len(statements) > 20
    made_up = {
        (name, action) for name, given, _ in statements for action in many(given, "Action") if not is_action(action)
    }
    assert made_up == set()


def test_every_action_is_on_resources_of_its_own_kind(statements: list[Statement]) -> None:
    wrong = {
        (name, action, resource)
        for name, given, resources in statements
        for action in many(given, "Action")
        for resource in resources
        if not fits(given, action, resource)
    }
    assert wrong == set()


def fits(statement: dict[str, Any], action: str, resource: str) -> bool:
    if action in ON_ANY or statement.get("Sid") in OF_NETWORK:
        return True
    # A statement of a key's policy is about the key itself, and an ARN that only the deployment knows tells no kind.
    if (resource == "*" and "Principal" in statement) or re.fullmatch("<[^<>]*>", resource):
        return True
    return takes(action, resource.replace("<ARN of the bucket>", "arn:aws:s3:::bucket"))


def test_every_condition_key_is_known_to_the_action(statements: list[Statement]) -> None:
    unknown = {
        (name, action, key)
        for name, given, _ in statements
        for conditions in given.get("Condition", {}).values()
        for key in conditions
        for action in many(given, "Action")
        if key not in OF_EVERY_CALL and not knows_condition(action, key)
    }
    assert unknown == set()
