from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded_account import INTERACTIONS, Account, account_of_its_own, interactions


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with account_of_its_own(speed=3600) as account:
        account.role_arn = account.service_role()
        account.bucket()
        yield account


@pytest.fixture(scope="module")
def group(account: Account) -> str:
    account.dataset("Interactions", INTERACTIONS)
    return str(account.personalize.list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"])


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def train(account: Account, solution: str) -> Any:
    client = account.personalize
    arn = client.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    assert arn.startswith(f"{solution}/")
    return account.wait(lambda: client.describe_solution_version(solutionVersionArn=arn)["solutionVersion"])


def test_a_solution_version_needs_interactions(account: Account, group: str) -> None:
    client = account.personalize
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    solution = client.create_solution(name="solution", datasetGroupArn=group, recipeArn=recipe)["solutionArn"]
    account.wait(lambda: client.describe_solution(solutionArn=solution)["solution"])
    early = train(account, solution)
    assert early["status"] == "CREATE FAILED"
    assert "0 interactions" in early["failureReason"]

    account.s3.put_object(Bucket="training-data", Key="i.csv", Body=interactions(1000).encode())
    dataset = client.list_datasets(datasetGroupArn=group)["datasets"][0]["datasetArn"]
    source = {"dataLocation": "s3://training-data/i.csv"}
    job = client.create_dataset_import_job(
        jobName="job", datasetArn=dataset, dataSource=source, roleArn=account.role_arn
    )["datasetImportJobArn"]
    account.wait(lambda: client.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"])
    trained = train(account, solution)
    assert (trained["status"], trained["datasetGroupArn"]) == ("ACTIVE", group)
    assert len(client.list_solution_versions(solutionArn=solution)["solutionVersions"]) == 2
    client.delete_solution(solutionArn=solution)


def test_a_dataset_group_has_one_event_tracker(account: Account, group: str) -> None:
    client = account.personalize
    created = client.create_event_tracker(name="clicks", datasetGroupArn=group)
    arn = created["eventTrackerArn"]
    tracker = account.wait(lambda: client.describe_event_tracker(eventTrackerArn=arn)["eventTracker"])
    assert (tracker["trackingId"], tracker["name"]) == (created["trackingId"], "clicks")
    with pytest.raises(ClientError) as refused:
        client.create_event_tracker(name="more", datasetGroupArn=group)
    assert code(refused) == "ResourceAlreadyExistsException"
    assert [each["eventTrackerArn"] for each in client.list_event_trackers()["eventTrackers"]] == [arn]
    client.delete_event_tracker(eventTrackerArn=arn)


def test_a_version_s_name_is_given_once(account: Account, group: str) -> None:
    client, recipe = account.personalize, "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    solution = client.create_solution(name="named", datasetGroupArn=group, recipeArn=recipe)["solutionArn"]
    account.wait(lambda: client.describe_solution(solutionArn=solution)["solution"])
    client.create_solution_version(solutionArn=solution, name="job-1")
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException):
        client.create_solution_version(solutionArn=solution, name="job-1")
    client.create_solution_version(solutionArn=solution, name="job-2")
