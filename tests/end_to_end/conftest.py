"""One embedded AWS for the tests of a file, bootstrapped for the CDK, with a shop that has been there before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import open_shop

from local_aws.server import LocalAws

SPEED = 120.0
"""AWS seconds per real second, unless a file says otherwise: an import of six minutes takes three seconds."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no deployment; but the command that watches one has no shorter tests."""
    for item in items:
        if item.path.parent == Path(__file__).parent and item.path.name != "test_watch.py":
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="module")
def aws(request: pytest.FixtureRequest) -> Iterator[LocalAws]:
    with LocalAws(speed=getattr(request.module, "SPEED", SPEED)) as started:
        yield started


@pytest.fixture(scope="module")
def cdk(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Cdk:
    return Cdk(aws, tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture(scope="session")
def bootstrap_template() -> list[str]:
    """The template of ``cdk bootstrap``, once it is known."""
    return []


@pytest.fixture(scope="module")
def bootstrap(aws: LocalAws, cdk: Cdk, bootstrap_template: list[str]) -> None:
    """Do what ``cdk bootstrap`` does, in a quarter of its time."""
    if not bootstrap_template:
        bootstrap_template.append(cdk.text("bootstrap", "--show-template"))
    policies = "arn:aws:iam::aws:policy/AdministratorAccess"
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(
        StackName="CDKToolkit",
        TemplateBody=bootstrap_template[0],
        Parameters=[{"ParameterKey": "CloudFormationExecutionPolicies", "ParameterValue": policies}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    while cloudformation.describe_stacks(StackName="CDKToolkit")["Stacks"][0]["StackStatus"] != "CREATE_COMPLETE":
        aws.clock.sleep(10)


@pytest.fixture(scope="module")
def account(aws: LocalAws, bootstrap: None) -> Account:
    """The account, bootstrapped and with the shop in it."""
    open_shop(aws)
    return Account(aws)
