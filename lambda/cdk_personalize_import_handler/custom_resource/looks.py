"""The looks of one invocation: one at a new request, as many as pay at a poll."""

from __future__ import annotations

from dataclasses import replace

from cdk_personalize_import_handler.custom_resource.invocation import Invocation
from cdk_personalize_import_handler.custom_resource.outcome import Finished, Outcome, SupersededError, Waiting
from cdk_personalize_import_handler.custom_resource.request import LOOKED_AT, Request
from cdk_personalize_import_handler.custom_resource.resource import Resource
from cdk_personalize_import_handler.custom_resource.ticks import TICK


def take_looks(resource: Resource, request: Request, invocation: Invocation) -> Outcome:
    """Look where a request stands until there is an answer, or the next invocation goes on.

    Raises:
        FailedError: The request has failed.
        InvalidRequestError: The request can't be carried out as it is.
        SupersededError: The request is not open any more.
    """
    # For a Delete at each poll: a Create whose first invocation was under way has made its schedule by now.
    if request.request_type == "Delete" or (request.request_type == "Update" and not request.is_poll):
        invocation.end_older()
    if not request.is_poll:
        began = invocation.clock.time()
        return _noted(resource, request, began, resource.look(request, invocation))
    if request.is_answered:
        return _look_in_the_background(resource, request, invocation)
    if not invocation.is_due(resource.interval(request)):
        return Waiting("not due", request.memory)
    while True:
        began = invocation.clock.time()
        outcome = resource.look(request, invocation)
        if isinstance(outcome, Finished) or outcome.pause is None or not invocation.has_time_for(outcome.pause):
            return _noted(resource, request, began, outcome)
        request = replace(request, memory=outcome.memory)
        invocation.clock.sleep(outcome.pause)


def _look_in_the_background(resource: Resource, request: Request, invocation: Invocation) -> Outcome:
    """Nobody waits: one look at each tick, as long as the resource is what the answer left."""
    stands = invocation.stands()
    if stands is None:
        return Waiting("waiting for CloudFormation to be done with the resource", request.memory)
    if not stands:
        raise SupersededError
    return resource.look(request, invocation)


def _noted(resource: Resource, request: Request, began: float, outcome: Outcome) -> Outcome:
    """Note when a look began where the next one has to keep a distance of minutes from it."""
    if isinstance(outcome, Finished) or resource.interval(replace(request, memory=outcome.memory)) < TICK:
        return outcome
    return replace(outcome, memory={**outcome.memory, LOOKED_AT: began})
