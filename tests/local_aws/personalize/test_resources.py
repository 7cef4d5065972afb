"""Dataset groups, schemas, datasets, solutions and tags."""

import inspect
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded_account import INTERACTIONS, USERS, Account, account_of_its_own, avro

from local_aws import personalize, request_check
from local_aws.personalize import PersonalizeBackend, dataset_import_jobs, models, resource_states
from local_aws.personalize import avro as avro_schema

UNKNOWN = "arn:aws:personalize:us-east-1:123456789012:"


@pytest.fixture(scope="module")
def started() -> Iterator[Account]:
    with account_of_its_own(speed=3600) as account:
        yield account


@pytest.fixture
def account(started: Account) -> Account:
    personalize.backend(started.aws).reset()
    return started


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_dataset_group_becomes_active_after_its_time(account: Account) -> None:
    arn = account.personalize.create_dataset_group(name="group")["datasetGroupArn"]

    group = account.wait(lambda: account.personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"])

    assert arn == f"{UNKNOWN}dataset-group/group"
    assert (group["lastUpdatedDateTime"] - group["creationDateTime"]).total_seconds() == pytest.approx(10)
    assert [g["name"] for g in account.personalize.list_dataset_groups()["datasetGroups"]] == ["group"]


def test_statuses_follow_in_their_order_however_late_a_timer_is(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed: list[Any] = []
    backend = personalize.backend(account.aws)
    monkeypatch.setattr(PersonalizeBackend.aws.timers, "at", lambda _time, action: armed.append(action))
    arn = account.personalize.create_dataset_group(name="group")["datasetGroupArn"]

    while armed:
        armed.pop()()

    assert backend.resources[arn].status == "ACTIVE"
    account.personalize.delete_dataset_group(datasetGroupArn=arn)
    while armed:
        armed.pop()()
    assert backend.resources == {}


def test_a_dataset_is_found_under_its_group_and_type(account: Account) -> None:
    arn = account.dataset(
        "Action_Interactions", ["USER_ID,string", "ACTION_ID,string", "EVENT_TYPE,string", "TIMESTAMP,long"]
    )

    dataset = account.personalize.describe_dataset(datasetArn=arn)["dataset"]

    assert arn == f"{UNKNOWN}dataset/group/ACTION_INTERACTIONS"
    assert (dataset["datasetType"], dataset["status"]) == ("ACTION_INTERACTIONS", "ACTIVE")
    group = dataset["datasetGroupArn"]
    assert len(account.personalize.list_datasets(datasetGroupArn=group)["datasets"]) == 1
    assert account.personalize.list_datasets(datasetGroupArn=group + "x")["datasets"] == []


def test_all_five_types_of_datasets(account: Account) -> None:
    fields = {
        "Interactions": INTERACTIONS,
        "Users": USERS,
        "Items": ["ITEM_ID,string", "PRICE,null,float"],
        "Actions": ["ACTION_ID,string", "VALUE,null,long"],
        "Action_Interactions": ["USER_ID,string", "ACTION_ID,string", "EVENT_TYPE,string", "TIMESTAMP,long"],
    }

    arns = {account.dataset(kind, kind_fields) for kind, kind_fields in fields.items()}

    assert len(arns) == 5


def test_a_schema_is_kept_as_it_was_sent(account: Account) -> None:
    text = avro("Users", USERS)
    arn = account.personalize.create_schema(name="users", schema=text)["schemaArn"]

    schema = account.personalize.describe_schema(schemaArn=arn)["schema"]

    assert schema["schema"] == text
    assert "status" not in schema
    assert "schema" not in account.personalize.list_schemas()["schemas"][0]
    account.personalize.delete_schema(schemaArn=arn)
    assert account.personalize.list_schemas()["schemas"] == []


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("no json", "not JSON"),
        ("[]", "not an Avro record"),
        (json.dumps({"type": "record", "name": "Users", "fields": []}), "not an Avro record"),
        (avro("People", USERS), "People"),
        (avro("Users", ["AGE,int"]), "USER_ID"),
        (avro("Users", ["USER_ID,string", "AGE,int", "AGE,int"]), "AGE more than once"),
        (avro("Users", ["USER_ID,string", "AGE,map"]), "AGE has type map"),
        (avro("Interactions", USERS), "ITEM_ID, TIMESTAMP"),
        (avro("Users", USERS).replace('"record"', '"enum"'), "not record"),
    ],
)
def test_what_is_no_schema_is_refused(account: Account, schema: str, text: str) -> None:
    with pytest.raises(ClientError, match=text) as refused:
        account.personalize.create_schema(name="schema", schema=schema)

    assert code(refused) == "InvalidInputException"


def test_a_domain_asks_for_more_fields(account: Account) -> None:
    with pytest.raises(ClientError, match="EVENT_TYPE"):
        account.personalize.create_schema(name="s", schema=avro("Interactions", INTERACTIONS), domain="ECOMMERCE")


def test_schema_and_dataset_must_fit(account: Account) -> None:
    client = account.personalize
    account.dataset()
    group = client.list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"]
    items = client.create_schema(name="items", schema=avro("Items", ["ITEM_ID,string"]))["schemaArn"]
    domain_fields = [*INTERACTIONS, "EVENT_TYPE,string"]
    domain = client.create_schema(name="d", schema=avro("Interactions", domain_fields), domain="ECOMMERCE")["schemaArn"]

    for schema, kind, text in (
        (items, "Actions", "not for Actions"),
        (domain, "Interactions", "domain"),
        (items, "X", "X"),
    ):
        with pytest.raises(ClientError, match=text) as refused:
            client.create_dataset(name="n", datasetGroupArn=group, schemaArn=schema, datasetType=kind)
        assert code(refused) == "InvalidInputException"


def test_names_are_taken_once(account: Account) -> None:
    client = account.personalize
    dataset = client.describe_dataset(datasetArn=account.dataset())["dataset"]
    same = {key: dataset[key] for key in ("name", "datasetGroupArn", "schemaArn")}
    again: list[tuple[Any, dict[str, Any]]] = [
        (client.create_dataset_group, {"name": "group"}),
        (client.create_schema, {"name": "group-Users", "schema": avro("Users", USERS)}),
        (client.create_dataset, {**same, "datasetType": "users"}),
    ]

    for create, request in again:
        with pytest.raises(ClientError) as refused:
            create(**request)
        assert code(refused) == "ResourceAlreadyExistsException"


def test_what_does_not_exist_is_not_found(account: Account) -> None:
    client = account.personalize

    for look, request in (
        (client.describe_dataset_group, {"datasetGroupArn": f"{UNKNOWN}dataset-group/x"}),
        (client.describe_schema, {"schemaArn": f"{UNKNOWN}schema/x"}),
        (client.delete_schema, {"schemaArn": f"{UNKNOWN}schema/x"}),
        (client.describe_dataset, {"datasetArn": f"{UNKNOWN}dataset/x/USERS"}),
        (client.delete_dataset, {"datasetArn": f"{UNKNOWN}dataset/x/USERS"}),
        (client.describe_solution, {"solutionArn": f"{UNKNOWN}solution/x"}),
        (client.describe_dataset_import_job, {"datasetImportJobArn": f"{UNKNOWN}dataset-import-job/x"}),
        (client.list_tags_for_resource, {"resourceArn": f"{UNKNOWN}dataset/x/USERS"}),
    ):
        with pytest.raises(ClientError, match="does not exist") as refused:
            look(**request)
        assert code(refused) == "ResourceNotFoundException"


def test_what_is_used_is_not_deleted(account: Account) -> None:
    client = account.personalize
    arn = account.dataset()
    dataset = client.describe_dataset(datasetArn=arn)["dataset"]

    with pytest.raises(ClientError) as refused:
        client.delete_schema(schemaArn=dataset["schemaArn"])
    assert code(refused) == "ResourceInUseException"
    with pytest.raises(ClientError) as refused:
        client.delete_dataset_group(datasetGroupArn=dataset["datasetGroupArn"])
    assert code(refused) == "ResourceInUseException"


def test_deleting_takes_its_time(account: Account) -> None:
    client = account.personalize
    arn = account.dataset()
    dataset = client.describe_dataset(datasetArn=arn)["dataset"]

    client.delete_dataset(datasetArn=arn)
    statuses = set()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            statuses.add(client.describe_dataset(datasetArn=arn)["dataset"]["status"])
        except client.exceptions.ResourceNotFoundException:
            break

    assert statuses <= {"DELETE PENDING", "DELETE IN_PROGRESS"}
    client.delete_schema(schemaArn=dataset["schemaArn"])
    client.delete_dataset_group(datasetGroupArn=dataset["datasetGroupArn"])


def test_a_deletion_from_before_a_reset_leaves_the_new_resource_of_its_name(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = account.personalize
    arn = client.create_dataset_group(name="group")["datasetGroupArn"]
    account.wait(lambda: client.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"])
    with monkeypatch.context() as slow:
        slow.setattr(resource_states, "CREATION_SECONDS", 600.0)
        client.delete_dataset_group(datasetGroupArn=arn)
        personalize.backend(account.aws).reset()
    client.create_dataset_group(name="group")

    account.aws.clock.sleep(700)

    assert client.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE"


def test_a_solution_is_kept(account: Account) -> None:
    client = account.personalize
    account.dataset()
    group = client.list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"]
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"

    arn = client.create_solution(name="solution", datasetGroupArn=group, recipeArn=recipe)["solutionArn"]
    solution = account.wait(lambda: client.describe_solution(solutionArn=arn)["solution"])

    assert (solution["status"], solution["recipeArn"]) == ("ACTIVE", recipe)
    assert len(client.list_solutions(datasetGroupArn=group)["solutions"]) == 1
    client.delete_solution(solutionArn=arn)


def test_at_most_five_dataset_groups(account: Account) -> None:
    for number in range(5):
        account.personalize.create_dataset_group(name=f"group-{number}")

    with pytest.raises(ClientError) as refused:
        account.personalize.create_dataset_group(name="one-more")
    assert code(refused) == "LimitExceededException"


def test_tags(account: Account) -> None:
    client = account.personalize
    arn = client.create_dataset_group(name="g", tags=[{"tagKey": "team", "tagValue": "recs"}])["datasetGroupArn"]

    client.tag_resource(
        resourceArn=arn, tags=[{"tagKey": "stage", "tagValue": "test"}, {"tagKey": "team", "tagValue": "x"}]
    )
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == [
        {"tagKey": "team", "tagValue": "x"},
        {"tagKey": "stage", "tagValue": "test"},
    ]
    client.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert [tag["tagKey"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]] == ["stage"]
    with pytest.raises(ClientError) as refused:
        client.tag_resource(resourceArn=arn, tags=[{"tagKey": f"k{number}", "tagValue": ""} for number in range(50)])
    assert code(refused) == "TooManyTagsException"


def test_pages(account: Account) -> None:
    client = account.personalize
    for number in range(5):
        client.create_dataset_group(name=f"group-{number}")

    first = client.list_dataset_groups(maxResults=2)
    second = client.list_dataset_groups(maxResults=2, nextToken=first["nextToken"])
    third = client.list_dataset_groups(maxResults=2, nextToken=second["nextToken"])

    assert [len(page["datasetGroups"]) for page in (first, second, third)] == [2, 2, 1]
    assert "nextToken" not in third
    for token in ("nonsense", first["nextToken"][:-4] + "AAAA"):
        with pytest.raises(ClientError) as refused:
            client.list_dataset_groups(nextToken=token)
        assert code(refused) == "InvalidNextTokenException"
    with pytest.raises(ClientError) as refused:
        client.list_datasets(nextToken=first["nextToken"])
    assert code(refused) == "InvalidNextTokenException"


def test_an_operation_without_that_error_refuses_input_with_a_common_one(account: Account) -> None:
    with pytest.raises(ClientError) as refused:
        account.personalize.list_dataset_groups(maxResults=101)

    assert code(refused) == "ValidationException"


def test_an_operation_that_is_missing_says_so(account: Account) -> None:
    with pytest.raises(ClientError) as refused:
        account.personalize.list_campaigns()

    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_every_operation_raises_only_errors_that_its_model_declares(account: Account) -> None:
    model, backend = request_check.service_model("personalize"), personalize.backend(account.aws)
    operations = {name: found.func for name in model.operation_names if (found := backend.operation(name))}

    for operation, method in operations.items():
        declared = {error.name for error in model.operation_model(operation).error_shapes}
        source = _sources(method)
        assert set(re.findall(r'PersonalizeError\(\s*"(\w+)"', source)) <= declared, operation
    assert len(operations) == 29


def _sources(method: Any) -> str:
    """The source of a method and of everything in the package that it calls."""
    places = (PersonalizeBackend, models, dataset_import_jobs, resource_states, avro_schema)
    sources: dict[str, str] = {}
    found = [method]
    while found:
        function = found.pop()
        sources[function.__qualname__] = source = inspect.getsource(function)
        for name in re.findall(r"(\w+)\(", source):
            called = next((getattr(place, name) for place in places if hasattr(place, name)), None)
            if inspect.isfunction(called) and called.__qualname__ not in sources:
                found.append(called)
    return "\n".join(sources.values())
