"""Apps of the kinds that the CDK's examples show: they deploy, or are refused at once by name."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import custom_resources as cr
from embedded_account import until, zipped

from local_aws.server import LocalAws

ECHO = "import json\ndef handler(event, context):\n    print(json.dumps({'got': event}))\n"
PYTHON = lambda_.Runtime.PYTHON_3_13


def deployed(stacks: Any, name: str, build: Callable[[cdk.Stack], None]) -> str:
    stack = cdk.Stack(cdk.App(), name, synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False))
    build(stack)
    template = cdk.App.of(stack).synth().get_stack_by_name(name).template  # type: ignore[union-attr]
    others = {key: value for key, value in template.items() if key != "Resources"}
    return str(stacks.create(name, template["Resources"], template=others))


def function(stack: cdk.Stack, code: str = ECHO, **given: Any) -> lambda_.Function:
    inline = lambda_.Code.from_inline(code)
    return lambda_.Function(stack, "Function", runtime=PYTHON, handler="index.handler", code=inline, **given)


def log(aws: LocalAws, stacks: Any, name: str, text: str) -> list[str]:
    group = "/aws/lambda/" + next(
        found["PhysicalResourceId"]
        for found in stacks.client.describe_stack_resources(StackName=name)["StackResources"]
        if found["ResourceType"] == "AWS::Lambda::Function" and found["LogicalResourceId"].startswith("Function")
    )

    def look() -> list[str]:
        try:
            logged = aws.client("logs").filter_log_events(logGroupName=group)["events"]
        except aws.client("logs").exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in logged if text in event["message"]]

    return list(until(look, seconds=20))


def test_a_custom_resource_of_ones_own(stacks: Any) -> None:
    code = (
        "import json, urllib.request\n"
        "def handler(event, context):\n"
        "    reply = {key: event[key] for key in ('StackId', 'RequestId', 'LogicalResourceId')}\n"
        "    reply |= {'Status': 'SUCCESS', 'PhysicalResourceId': 'made', 'Data': {'Answer': 'hello'}}\n"
        "    body = json.dumps(reply).encode()\n"
        "    urllib.request.urlopen(urllib.request.Request(event['ResponseURL'], body, method='PUT'))\n"
    )

    def build(stack: cdk.Stack) -> None:
        made = cdk.CustomResource(stack, "Thing", service_token=function(stack, code).function_arn)
        cdk.CfnOutput(stack, "Answer", value=made.get_att_string("Answer"))

    assert deployed(stacks, "own-resource", build) == "CREATE_COMPLETE"
    assert stacks.outputs("own-resource") == {"Answer": "hello"}
    assert stacks.delete("own-resource") == "DELETE_COMPLETE"


def test_a_function_with_a_layer(stacks: Any, aws: LocalAws) -> None:
    client = aws.client("s3")
    client.create_bucket(Bucket="layers")
    client.put_object(Bucket="layers", Key="one.zip", Body=zipped({"python/greeting.py": "WORDS = 'from the layer'\n"}))

    def build(stack: cdk.Stack) -> None:
        code = lambda_.Code.from_bucket(s3.Bucket.from_bucket_name(stack, "Layers", "layers"), "one.zip")
        layer = lambda_.LayerVersion(stack, "Layer", code=code)
        function(stack, "import greeting\ndef handler(event, context):\n    return greeting.WORDS\n", layers=[layer])

    assert deployed(stacks, "layered", build) == "CREATE_COMPLETE", stacks.events("layered")
    name = aws.client("lambda").list_functions()["Functions"][0]["FunctionName"]
    assert json.loads(aws.client("lambda").invoke(FunctionName=name)["Payload"].read()) == "from the layer"
    assert stacks.delete("layered") == "DELETE_COMPLETE"


def test_a_function_by_the_clock(stacks: Any, aws: LocalAws) -> None:
    def build(stack: cdk.Stack) -> None:
        schedule = events.Schedule.rate(cdk.Duration.minutes(10))
        events.Rule(stack, "Rule", schedule=schedule, targets=[targets.LambdaFunction(function(stack))])

    assert deployed(stacks, "cron", build) == "CREATE_COMPLETE", stacks.events("cron")
    assert log(aws, stacks, "cron", "Scheduled Event")
    assert stacks.delete("cron") == "DELETE_COMPLETE"


def test_a_chain_from_a_bucket_to_a_function(stacks: Any, aws: LocalAws) -> None:
    def build(stack: cdk.Stack) -> None:
        bucket, topic, queue = s3.Bucket(stack, "Bucket"), sns.Topic(stack, "Topic"), sqs.Queue(stack, "Queue")
        bucket.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.SnsDestination(topic))
        topic.add_subscription(subscriptions.SqsSubscription(queue))
        function(stack).add_event_source(sources.SqsEventSource(queue))

    assert deployed(stacks, "chain", build) == "CREATE_COMPLETE", stacks.events("chain")
    bucket = next(
        name for name in (found["Name"] for found in aws.client("s3").list_buckets()["Buckets"]) if "chain" in name
    )
    aws.client("s3").put_object(Bucket=bucket, Key="a.csv", Body=b"a")
    assert log(aws, stacks, "chain", "a.csv")
    aws.client("s3").delete_object(Bucket=bucket, Key="a.csv")
    assert stacks.delete("chain") == "DELETE_COMPLETE", stacks.events("chain")


def sdk_call(stack: cdk.Stack) -> None:
    call = cr.AwsSdkCall(
        service="s3", action="listBuckets", physical_resource_id=cr.PhysicalResourceId.of("buckets"), parameters={}
    )
    policy = cr.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"])
    cr.AwsCustomResource(stack, "Call", on_create=call, policy=policy)


def provider(stack: cdk.Stack) -> None:
    made = cr.Provider(stack, "Provider", on_event_handler=function(stack))
    cdk.CustomResource(stack, "Thing", service_token=made.service_token)


def log_retention(stack: cdk.Stack) -> None:
    function(stack, log_retention=logs.RetentionDays.ONE_DAY)


@pytest.mark.parametrize("build", [sdk_call, provider, log_retention])
def test_functions_in_node_are_refused_at_once(stacks: Any, build: Callable[[cdk.Stack], None]) -> None:
    name = build.__name__.replace("_", "-")
    assert deployed(stacks, name, build) == "ROLLBACK_COMPLETE"
    reasons = [reason for _, status, reason in stacks.events(name) if status == "CREATE_FAILED"]
    assert any("The embedded AWS doesn't have functions in nodejs" in reason for reason in reasons), reasons
    stacks.delete(name)
