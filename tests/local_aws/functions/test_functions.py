import base64
import functools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded_account import Account, account_of_its_own, until, zipped

from local_aws.functions import execution_environment
from local_aws.functions.invocations import functions
from local_aws.timers import Timers

CODE = """
import logging, os, sys, time
from datetime import datetime, timezone

started = time.time()
print("imported")

def handler(event, context):
    return globals()[event["do"]](event, context)

def echo(event, context):
    print("hello", event["text"])
    logging.getLogger("mine").warning("one\\ntwo")
    return {
        "text": event["text"], "pid": os.getpid(), "cwd": os.getcwd(), "path": sys.path,
        "environment": dict(os.environ), "now": datetime.now(timezone.utc).timestamp(),
        "function": [context.function_name, context.memory_limit_in_mb, context.invoked_function_arn],
        "log_group": context.log_group_name, "started": started, "left": context.get_remaining_time_in_millis(),
    }

def imports(event, context):
    found = []
    for name in ("boto3", "botocore", "own", "crhelper", "personalize_csv", "cdk_personalize_import", "moto"):
        try:
            __import__(name)
            found.append(name)
        except ImportError:
            pass
    return found

def fail(event, context):
    raise ValueError("no good")

def die(event, context):
    os._exit(3)

def sleep(event, context):
    started = time.monotonic()
    time.sleep(event["seconds"])
    return time.monotonic() - started

def hang(event, context):
    while True:
        pass

def unserializable(event, context):
    return object()

def list_jobs(event, context):
    import boto3
    return boto3.client("personalize").list_dataset_import_jobs()["datasetImportJobs"]
"""


@pytest.fixture(scope="module")
def started() -> Iterator[Account]:
    with account_of_its_own(speed=600) as account:
        account.role_arn = account.role("logging", "lambda", ["logs:*"])
        yield account


@pytest.fixture
def account(started: Account) -> Account:
    started.aws.calls.clear()
    return started


@pytest.fixture
def function(account: Account, request: pytest.FixtureRequest) -> Callable[..., Any]:
    name = request.node.name.split("[")[0][:60]
    arn = account.function(CODE, account.role_arn, name=name)

    def invoke(do: str, **event: Any) -> Any:
        answer = account.lambda_.invoke(FunctionName=arn, Payload=json.dumps({"do": do, **event}))
        payload = json.loads(answer["Payload"].read())
        return {"FunctionError": answer["FunctionError"], **payload} if "FunctionError" in answer else payload

    invoke.arn = arn  # type: ignore[attr-defined]
    invoke.name = name  # type: ignore[attr-defined]
    invoke.log = lambda: account.log(f"/aws/lambda/{name}")  # type: ignore[attr-defined]
    return invoke


def test_a_function_runs_with_its_event_environment_and_context(account: Account, function: Any) -> None:
    change = {"Environment": {"Variables": {"MINE": "1", "AWS_REGION": "mars"}}, "Timeout": 900}
    account.lambda_.update_function_configuration(FunctionName=function.arn, **change)
    before = account.aws.clock.time()

    got = function("echo", text="Grüße")

    environment = got["environment"]
    assert got["text"] == "Grüße"
    assert got["function"] == [function.name, "128", function.arn]
    assert got["log_group"] == f"/aws/lambda/{function.name}"
    assert 0 < got["left"] <= 900_000
    assert before < got["now"] < account.aws.clock.time()
    assert environment["MINE"] == "1"
    assert environment["AWS_REGION"] == "us-east-1"
    assert environment["_HANDLER"] == "code.handler"
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_ENDPOINT_URL"] == account.aws.endpoint
    assert environment["SSL_CERT_FILE"] == str(account.aws.ca_bundle)
    assert "HOME" not in environment
    assert got["path"][0] == got["cwd"] == environment["LAMBDA_TASK_ROOT"]


def test_a_warm_environment_knows_that_time_has_been_skipped(account: Account, function: Any) -> None:
    first = function("echo", text="")
    account.aws.clock.skip(30 * 24 * 3600)
    before = account.aws.clock.time()
    second = function("echo", text="")

    assert second["pid"] == first["pid"]
    assert before < second["now"] < account.aws.clock.time()
    assert 0 < second["left"] <= 60_000


def test_a_function_sees_its_own_files_and_lambdas_libraries_only(account: Account, function: Any) -> None:
    files = zipped({"code.py": CODE, "own.py": ""})
    account.lambda_.update_function_code(FunctionName=function.arn, ZipFile=files)

    assert function("imports") == ["boto3", "botocore", "own"]


def test_a_warm_environment_is_used_again_until_the_code_changes(account: Account, function: Any) -> None:
    first, second = function("echo", text=""), function("echo", text="")
    account.lambda_.update_function_code(FunctionName=function.arn, ZipFile=zipped({"code.py": CODE + "\n# changed"}))
    third = function("echo", text="")

    assert first["pid"] == second["pid"] != third["pid"]
    assert function.log().count("imported") == 2


def test_an_environment_does_not_outlive_its_configuration(account: Account, function: Any) -> None:
    account.lambda_.update_function_configuration(FunctionName=function.arn, Timeout=900)
    payload = json.dumps({"do": "sleep", "seconds": 600})
    account.lambda_.invoke(FunctionName=function.arn, Payload=payload, InvocationType="Event")
    groups = functools.partial(account.logs.describe_log_groups, logGroupNamePrefix=f"/aws/lambda/{function.name}")
    until(lambda: groups()["logGroups"] and any(line.startswith("START") for line in function.log()))
    account.lambda_.update_function_configuration(FunctionName=function.arn, MemorySize=256)
    until(lambda: any(line.startswith("END") for line in function.log()))

    assert function("echo", text="")["function"][1] == "256"


def test_the_start_of_a_prepared_environment_takes_no_time_of_the_invocation(account: Account, function: Any) -> None:
    functions().prepare(function.arn)
    before = account.aws.clock.time()

    assert function("echo", text="")["started"] < before
    assert function.log().count("imported") == 1
    functions().prepare(f"{function.arn}-that-is-not-there")


def test_the_log_is_lambdas(function: Any) -> None:
    function("echo", text="world")

    log = function.log()

    assert log[0] == "imported"
    assert log[1].startswith("START RequestId: ")
    assert log[2] == "hello world"
    assert log[3].startswith("[WARNING]\t")
    assert log[3].endswith("\tone\ntwo")
    assert log[4].startswith("END RequestId: ")
    assert "\tInit Duration: " in log[5]
    assert int(log[5].split("Max Memory Used: ")[1].split()[0]) < 100


def test_an_exception_is_answered_and_logged(function: Any) -> None:
    got = function("fail")

    assert (got["FunctionError"], got["errorType"], got["errorMessage"]) == ("Unhandled", "ValueError", "no good")
    assert "in fail" in "".join(got["stackTrace"])
    assert any(line.startswith("[ERROR] ValueError: no good\nTraceback") for line in function.log())


def test_a_dying_process_is_an_error_and_replaced(function: Any) -> None:
    assert function("die")["errorType"] == "Runtime.ExitError"
    assert function("echo", text="again")["text"] == "again"


def test_an_answer_must_be_json(function: Any) -> None:
    assert function("unserializable")["errorType"] in ("TypeError", "Runtime.MarshalError")


def test_sleeping_takes_aws_time(account: Account, function: Any) -> None:
    function("echo", text="warm")
    started, before = time.monotonic(), account.aws.clock.time()

    slept = function("sleep", seconds=30)

    assert 30 <= slept <= account.aws.clock.time() - before + 1
    assert time.monotonic() - started < 10


def test_a_function_is_stopped_at_its_timeout(function: Any) -> None:
    got = function("sleep", seconds=61)

    assert (got["FunctionError"], got["errorType"]) == ("Unhandled", "Sandbox.Timedout")
    assert "Task timed out after 60.00 seconds" in got["errorMessage"]
    assert any(line.endswith("Task timed out after 60.00 seconds") for line in function.log())


def test_a_function_that_hangs_is_killed(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution_environment, "_LEAST_REAL_SECONDS", 0.3)

    assert function("hang")["errorType"] == "Sandbox.Timedout"


@pytest.mark.parametrize(
    ("handler", "kind"),
    [("missing.handler", "Runtime.ImportModuleError"), ("code.nothing", "Runtime.HandlerNotFound")],
)
def test_a_handler_that_cannot_be_imported(account: Account, function: Any, handler: str, kind: str) -> None:
    account.lambda_.update_function_configuration(FunctionName=function.arn, Handler=handler)

    assert function("echo")["errorType"] == kind
    account.lambda_.delete_function(FunctionName=function.arn)


def test_calls_are_made_with_the_functions_role(account: Account, function: Any) -> None:
    role = account.role("lister", "lambda", ["personalize:ListDatasetImportJobs"])
    account.lambda_.update_function_configuration(FunctionName=function.arn, Role=role)

    assert function("list_jobs") == []
    used = [(call.role_arn, call.action) for call in account.aws.calls if call.action.startswith("personalize:")]
    assert used == [(role, "personalize:ListDatasetImportJobs")]
    # Without a permission to write there is no log.
    groups = account.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function.name}")["logGroups"]
    assert groups == []


def test_the_log_group_of_the_logging_config(account: Account, function: Any) -> None:
    account.lambda_.create_function(
        FunctionName="elsewhere",
        Role=account.role_arn,
        Runtime="python3.14",
        Handler="code.handler",
        Code={"ZipFile": zipped({"code.py": CODE})},
        LoggingConfig={"LogGroup": "/mine", "LogFormat": "JSON"},
    )

    account.lambda_.invoke(FunctionName="elsewhere", Payload=json.dumps({"do": "echo", "text": ""}))

    records = [json.loads(line) for line in account.log("/mine") if line.startswith("{")]
    assert [(record["level"], record["message"]) for record in records] == [("WARNING", "one\ntwo")]


def test_an_asynchronous_invocation_is_repeated_after_one_and_two_minutes(
    account: Account, function: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload, waits, at = json.dumps({"do": "fail"}), [], Timers.at

    def recorded(timers: Timers, moment: float, action: Callable[[], None]) -> None:
        waits.append(moment - account.aws.clock.time())
        at(timers, moment, action)

    monkeypatch.setattr(Timers, "at", recorded)

    answer = account.lambda_.invoke(FunctionName=function.arn, Payload=payload, InvocationType="Event")
    assert answer["StatusCode"] == 202

    def starts() -> list[Any]:
        groups = account.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function.name}")["logGroups"]
        events = account.log_events(f"/aws/lambda/{function.name}") if groups else []
        return [event for event in events if event["message"].startswith("START")]

    until(lambda: len(starts()) == 3)
    first, second, third = (event["timestamp"] / 1000 for event in starts())
    # How late a retry comes is up to the machine, how late it is meant to come is not.
    assert second - first >= 60 >= waits[1]
    assert third - second >= 120 >= waits[2]
    assert len(waits) == 3
    assert len({event["message"] for event in starts()}) == 1


def test_retries_are_as_the_event_invoke_config_says(account: Account, function: Any) -> None:
    account.lambda_.put_function_event_invoke_config(FunctionName=function.name, MaximumRetryAttempts=0)
    account.lambda_.invoke(FunctionName=function.arn, Payload='{"do": "fail"}', InvocationType="Event")

    until(lambda: account.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function.name}")["logGroups"])
    until(lambda: any(line.startswith("END") for line in function.log()))
    ended = account.aws.clock.time()
    until(lambda: account.aws.clock.time() > ended + 100)

    assert sum(line.startswith("START") for line in function.log()) == 1


def test_what_failed_for_good_goes_to_the_dead_letter_queue(account: Account, function: Any) -> None:
    queue = account.sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    arn = account.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    dead_letters = {"FunctionName": function.name, "DeadLetterConfig": {"TargetArn": arn}}
    with pytest.raises(ClientError, match="does not have permissions to call SendMessage on SQS"):
        account.lambda_.update_function_configuration(**dead_letters)
    role = account.role("sender", "lambda", ["logs:*", "sqs:SendMessage"])
    account.lambda_.update_function_configuration(**dead_letters, Role=role)
    assert account.lambda_.get_function_configuration(FunctionName=function.name)["DeadLetterConfig"] == {
        "TargetArn": arn
    }
    account.lambda_.put_function_event_invoke_config(FunctionName=function.name, MaximumRetryAttempts=0)

    account.lambda_.invoke(FunctionName=function.arn, Payload='{"do": "fail"}', InvocationType="Event")

    found: list[Any] = []

    def received() -> bool:
        found.extend(account.sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"]).get("Messages", []))
        return bool(found)

    until(received)
    attributes = {name: value["StringValue"] for name, value in found[0]["MessageAttributes"].items()}
    assert found[0]["Body"] == '{"do": "fail"}'
    assert (attributes["ErrorCode"], attributes["ErrorMessage"]) == ("200", "no good")


def test_a_vpc_needs_permissions_on_network_interfaces(account: Account, function: Any) -> None:
    network = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    with pytest.raises(ClientError, match="does not have permissions to call CreateNetworkInterface on EC2"):
        account.lambda_.update_function_configuration(FunctionName=function.name, VpcConfig=network)


def test_an_environment_that_the_role_cannot_decrypt(account: Account, function: Any) -> None:
    key = account.kms.create_key()["KeyMetadata"]["Arn"]
    account.lambda_.update_function_configuration(FunctionName=function.name, KMSKeyArn=key)
    with pytest.raises(ClientError) as refused:
        function("echo", text="")
    assert refused.value.response["Error"]["Code"] == "KMSAccessDeniedException"
    role = account.role("decrypter", "lambda", ["logs:*", "kms:Decrypt"])
    account.lambda_.update_function_configuration(FunctionName=function.name, Role=role)
    assert function("echo", text="read")["text"] == "read"


def test_invocations_at_once_run_in_environments_of_their_own(account: Account, function: Any) -> None:
    account.lambda_.update_function_configuration(FunctionName=function.arn, Timeout=900)
    for _ in range(3):
        payload = json.dumps({"do": "sleep", "seconds": 800})
        account.lambda_.invoke(FunctionName=function.arn, Payload=payload, InvocationType="Event")

    until(lambda: len(account.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function.name}")["logGroups"]))
    until(lambda: function.log().count("imported") == 3)


def test_reserved_concurrency_limits_invocations(account: Account, function: Any) -> None:
    account.lambda_.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)

    with pytest.raises(ClientError) as refused:
        function("echo", text="")

    assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"


def test_an_asynchronous_invocation_waits_for_room(account: Account, function: Any) -> None:
    account.lambda_.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)
    account.lambda_.invoke(FunctionName=function.arn, Payload='{"do": "echo", "text": "later"}', InvocationType="Event")
    account.lambda_.delete_function_concurrency(FunctionName=function.name)

    group = {"logGroupNamePrefix": f"/aws/lambda/{function.name}"}
    until(lambda: account.logs.describe_log_groups(**group)["logGroups"] and "hello later" in str(function.log()))


def test_what_finds_no_room_in_time_is_a_dead_letter(account: Account, function: Any) -> None:
    queue = account.sqs.create_queue(QueueName="late-letters")["QueueUrl"]
    arn = account.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    role = account.role("late-sender", "lambda", ["logs:*", "sqs:SendMessage"])
    account.lambda_.update_function_configuration(
        FunctionName=function.name, DeadLetterConfig={"TargetArn": arn}, Role=role
    )
    account.lambda_.put_function_event_invoke_config(FunctionName=function.name, MaximumEventAgeInSeconds=60)
    account.lambda_.put_function_concurrency(FunctionName=function.name, ReservedConcurrentExecutions=0)

    account.lambda_.invoke(FunctionName=function.arn, Payload='{"do": "echo"}', InvocationType="Event")
    account.aws.timers.pass_time(120)

    [letter] = until(lambda: account.sqs.receive_message(QueueUrl=queue).get("Messages"))
    assert letter["Body"] == '{"do": "echo"}'


def test_a_dry_run_does_nothing(account: Account, function: Any) -> None:
    answer = account.lambda_.invoke(FunctionName=function.arn, InvocationType="DryRun")

    assert answer["StatusCode"] == 204
    assert account.aws.calls == []


def test_lambda_must_be_able_to_assume_the_role(account: Account) -> None:
    role = account.role("not-for-lambda", "personalize")

    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        account.function(CODE, role, name="refused")


def test_an_invocation_returns_the_end_of_its_log(account: Account) -> None:
    account.function("def handler(event, context):\n    print('x' * 5000)\n    print('the end')\n", name="tail")
    answer = account.lambda_.invoke(FunctionName="tail", LogType="Tail", Payload=b"{}")
    log = base64.b64decode(answer["LogResult"]).decode()
    assert "x\nthe end\nEND RequestId" in log
    assert len(log) == 4096
    again = account.lambda_.invoke(FunctionName="tail", Payload=b"{}")
    assert "LogResult" not in again
