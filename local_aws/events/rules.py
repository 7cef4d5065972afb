"""Rules that fire: for each event that they match, and by their schedule in AWS time.

Functions, queues, topics and state machines are reached from here, as far as their own policies let the rule in; moto
reaches logs and buses.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
"""

import copy
import json
import logging
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.events.models import EventsBackend, Rule
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_aws.account import ACCOUNT, REGION, Account
from local_aws.functions.invocations import functions
from local_aws.permissions.action import Need
from local_aws.permissions.policy import policy_allows
from local_aws.scheduler.schedule_expression import runs

_LOG = logging.getLogger(__name__)
_ACTIONS = {"lambda": "lambda:InvokeFunction", "sns": "sns:Publish", "sqs": "sqs:SendMessage"}
"""What the resource's own policy must allow."""

_OWN = (*_ACTIONS, "states")


def register(aws: Account) -> None:
    """Let moto's rules fire."""
    aws.extend(Rule, "send_to_targets", partial(_send_to_targets, aws))
    aws.extend(EventsBackend, "put_rule", partial(_put_rule, aws))
    aws.extend(EventsBackend, "put_events", partial(_put_events, aws))


def _send_to_targets(aws: Account, send: Any, rule: Any, event: Any, transform_input: bool = True) -> None:
    if rule.state != "ENABLED" or not rule.event_pattern.matches_event(event):
        return
    if event["source"] == "aws.s3":
        event = {**event, "time": aws.clock.time()}
    others = copy.copy(rule)
    others.targets = [target for target in rule.targets if _service(target) not in _OWN]
    send(others, event, transform_input)
    for target in rule.targets:
        _deliver(aws, rule, target, event)


def _deliver(aws: Account, rule: Rule, target: dict[str, Any], event: Any) -> None:
    text, arn, service = _input(target, event), target["Arn"], _service(target)
    try:
        if service in _ACTIONS and not _lets_in(rule, arn):
            _LOG.warning("An event didn't reach %s: its policy doesn't let in the rule %s", arn, rule.arn)
        elif service == "lambda":
            functions().invoke_later(arn, text)
        elif service == "sns":
            aws.client("sns").publish(TopicArn=arn, Message=text)
        elif service == "sqs":
            url = aws.client("sqs").get_queue_url(QueueName=arn.split(":")[-1])["QueueUrl"]
            aws.client("sqs").send_message(QueueUrl=url, MessageBody=text, **target.get("SqsParameters", {}))
        elif service == "states":
            aws.client("stepfunctions").start_execution(stateMachineArn=arn, input=text)
    except (UnknownFunctionException, ClientError, KeyError) as error:
        _LOG.warning("An event didn't reach %s: %s", arn, error)


def _lets_in(rule: Rule, arn: str) -> bool:
    """Whether the policy of a function, topic or queue lets a rule in."""
    service, name = arn.split(":")[2], arn.split(":")[-1]
    if service == "lambda":
        policy = json.dumps({"Statement": lambda_backends[ACCOUNT][REGION].get_function(arn).policy.statements})
    elif service == "sns":
        policy = sns_backends[ACCOUNT][REGION].topics[arn].policy
    else:
        policy = sqs_backends[ACCOUNT][REGION].queues[name].policy or '{"Statement": []}'
    need = Need(_ACTIONS[service], arn, {"aws:SourceArn": rule.arn, "aws:SourceAccount": ACCOUNT})
    return policy_allows(policy, "events.amazonaws.com", need)


def _input(target: dict[str, Any], event: Any) -> str:
    """What a target gets: the event, a part of it, or a text of its own.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    sent = {**event, "time": datetime.fromtimestamp(float(event["time"]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    if "Input" in target:
        return str(target["Input"])
    if "InputTransformer" in target:
        return _transformed(target["InputTransformer"], sent)
    return json.dumps(_part(sent, target.get("InputPath", "$")))


def _transformed(transformer: dict[str, Any], event: Any) -> str:
    paths, template = transformer.get("InputPathsMap") or {}, str(transformer["InputTemplate"])

    def value(found: re.Match[str]) -> str:
        if found[1] not in paths:
            return found[0]
        text = json.dumps(_part(event, paths[found[1]]))
        # Within a text of the template, a text comes without its own quotes.
        within = template[: found.start()].replace('\\"', "").count('"') % 2
        return text.strip('"') if within else text

    return re.sub("<([^<>]+)>", value, template)


def _part(event: Any, path: str) -> Any:
    for name in path.split(".")[1:]:
        event = event.get(name) if isinstance(event, dict) else None
    return event


def _put_events(aws: Account, put: Any, backend: EventsBackend, events: list[dict[str, Any]]) -> Any:
    return put(backend, [{"Time": aws.clock.time(), **event} for event in events])


def _put_rule(aws: Account, put: Any, backend: EventsBackend, *given: Any, **more: Any) -> Any:
    rule = put(backend, *given, **more)
    if rule.scheduled_expression:
        times = runs(rule.scheduled_expression, "UTC", aws.clock.time())
        if rule.scheduled_expression.startswith("rate"):
            next(times)  # the first run is an interval away
        _arm(aws, backend, rule, times)
    return rule


def _arm(aws: Account, backend: EventsBackend, rule: Rule, times: Iterator[float]) -> None:
    time = next(times, None)
    if time is not None:
        aws.timers.at(time, lambda: _fire(aws, backend, rule, time, times))


def _fire(aws: Account, backend: EventsBackend, rule: Rule, time: float, times: Iterator[float]) -> None:
    """Send a rule's event of one moment, if it is still the bus's rule, and wait for the next moment."""
    bus = backend.event_buses.get(rule.event_bus_name)
    if bus is None or bus.rules.get(rule.name) is not rule:
        return
    _arm(aws, backend, rule, times)
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": rule.account_id,
        "time": time,
        "region": rule.region_name,
        "resources": [rule.arn],
        "detail": {},
    }
    if rule.state == "ENABLED":
        for target in rule.targets:
            _deliver(aws, rule, target, event)


def _service(target: dict[str, Any]) -> str:
    return str(target["Arn"]).split(":")[2]
