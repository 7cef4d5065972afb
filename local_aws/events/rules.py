"""Rules that fire: for each event that they match, and by their schedule in AWS time.

moto knows logs, queues and buses as targets; functions, topics and state machines are reached from here.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
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

from moto.awslambda.exceptions import UnknownFunctionException
from moto.events.models import EventsBackend, Rule

from local_aws.account import Account
from local_aws.functions.invocations import functions
from local_aws.scheduler.schedule_expression import runs

_LOG = logging.getLogger(__name__)
_OWN = ("lambda", "sns", "states")

_moto_send = Rule.send_to_targets
_moto_put_rule = EventsBackend.put_rule
_moto_put_events = EventsBackend.put_events


def register(aws: Account) -> None:
    """Let moto's rules fire."""
    aws.replace(Rule, "send_to_targets", partial_method(_send_to_targets, aws))
    aws.replace(EventsBackend, "put_rule", partial_method(_put_rule, aws))
    aws.replace(EventsBackend, "put_events", partial_method(_put_events, aws))


def partial_method(function: Any, *given: Any) -> Any:
    """Return a method that calls ``function`` with what is given, then with what the method gets."""
    return lambda *args, **more: function(*given, *args, **more)


def _send_to_targets(aws: Account, rule: Any, event: Any, transform_input: bool = True) -> None:
    if rule.state != "ENABLED" or not rule.event_pattern.matches_event(event):
        return
    if event["source"] == "aws.s3":
        event = {**event, "time": aws.clock.time()}
    others = copy.copy(rule)
    others.targets = [target for target in rule.targets if _service(target) not in _OWN]
    _moto_send(others, event, transform_input)
    for target in rule.targets:
        if _service(target) in _OWN:
            _deliver(aws, target, event)


def _deliver(aws: Account, target: dict[str, Any], event: Any) -> None:
    text, arn = _input(target, event), target["Arn"]
    try:
        if _service(target) == "lambda":
            functions().invoke_later(arn, text)
        elif _service(target) == "sns":
            aws.client("sns").publish(TopicArn=arn, Message=text)
        else:
            aws.client("stepfunctions").start_execution(stateMachineArn=arn, input=text)
    except (UnknownFunctionException, aws.client("sns").exceptions.ClientError) as error:
        _LOG.warning("An event didn't reach %s: %s", arn, error)


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


def _put_events(aws: Account, backend: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _moto_put_events(backend, [{"Time": aws.clock.time(), **event} for event in events])


def _put_rule(aws: Account, backend: EventsBackend, *given: Any, **more: Any) -> Rule:
    rule = _moto_put_rule(backend, *given, **more)
    if rule.scheduled_expression:
        times = runs(rule.scheduled_expression, "UTC", aws.clock.time())
        if rule.scheduled_expression.startswith("rate"):
            next(times)  # the first run is an interval away
        _arm(aws, backend, rule, times)
    return rule


def _arm(aws: Account, backend: EventsBackend, rule: Rule, times: Iterator[float]) -> None:
    time = next(times, None)

    def run(time: float) -> None:
        if _fire(aws, backend, rule, time):
            _arm(aws, backend, rule, times)

    if time is not None:
        aws.timers.at(time, partial(run, time))


def _fire(aws: Account, backend: EventsBackend, rule: Rule, time: float) -> bool:
    """Send a rule's event of one moment; tell whether it is still the bus's rule."""
    bus = backend.event_buses.get(rule.event_bus_name)
    if bus is None or bus.rules.get(rule.name) is not rule:
        return False
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
            _deliver(aws, target, event)
    return True


def _service(target: dict[str, Any]) -> str:
    return str(target["Arn"]).split(":")[2]
