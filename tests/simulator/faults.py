"""What goes wrong: a list of faults, each of which strikes one call."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError


class Kind(Enum):
    """How a call fails."""

    THROTTLE = "throttle"
    SERVER_ERROR = "server error"
    DROPPED = "dropped connection"
    UNREACHABLE = "unreachable endpoint"
    READ_TIMEOUT = "read timeout"
    DENIED = "access denied"
    BAD_TOKEN = "invalid next token"
    RATE_LIMIT = "limit exceeded (rate)"
    IN_USE = "resource in use"
    ROLE_NOT_USABLE = "role not usable"
    REFUSED = "reply refused"
    DEATH = "death of the function"


# What a service refuses takes no effect.
REFUSALS = (Kind.DENIED, Kind.BAD_TOKEN, Kind.RATE_LIMIT, Kind.IN_USE, Kind.ROLE_NOT_USABLE)


class When(Enum):
    """Whether the call took effect before it failed."""

    BEFORE = "before its effect"
    AFTER = "after its effect"


class ServiceError(Exception):
    """An error as a service answers it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass
class Fault:
    """One thing that goes wrong.

    Attributes:
        operation: API operation such as "CreateDatasetImportJob", "PUT" for a reply, "SLEEP" for a pause of the
            handler, "*" for any of them.
        kind: how it fails.
        when: before or after the call took effect.
        skip: how many matching calls pass unharmed before.
        times: how many matching calls it strikes.
        only: further condition on the request that the calling invocation handles (its event).
    """

    operation: str
    kind: Kind
    when: When = When.BEFORE
    skip: int = 0
    times: int = 1
    only: Callable[[dict[str, object]], bool] | None = None

    def __post_init__(self) -> None:
        if self.kind in REFUSALS:
            self.when = When.BEFORE


class Faults:
    """The faults to come and a count of those that struck."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []
        self.struck: Counter[str] = Counter()

    def plan(self, *faults: Fault) -> None:
        self.planned.extend(faults)

    def take(self, operation: str, event: dict[str, object]) -> Fault | None:
        """The fault that strikes this call, if any."""
        for fault in self.planned:
            if fault.operation not in (operation, "*") or (fault.only and not fault.only(event)):
                continue
            if not possible(fault.kind, operation):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if not fault.times:
                self.planned.remove(fault)
            self.struck[f"{operation}: {fault.kind.value} {fault.when.value}"] += 1
            return fault
        return None


def possible(kind: Kind, operation: str) -> bool:
    """Whether this kind of fault can strike this operation."""
    if kind is Kind.DEATH:
        return True
    if operation == "SLEEP":
        return False
    if operation == "PUT":
        return kind in (Kind.REFUSED, Kind.DROPPED)
    if kind is Kind.BAD_TOKEN:
        return operation == "ListDatasetImportJobs"
    if kind in (Kind.RATE_LIMIT, Kind.IN_USE):
        return operation == "CreateDatasetImportJob"
    if kind is Kind.ROLE_NOT_USABLE:
        return operation in ("CreateDatasetImportJob", "CreateSchedule", "UpdateSchedule")
    return kind is not Kind.REFUSED


def failure(kind: Kind, service: str, url: str) -> Exception:
    """The exception or service error that a call fails with."""
    refusals = _PERSONALIZE if service == "personalize" else _OTHERS
    if kind in refusals:
        return ServiceError(*refusals[kind])
    broken: Exception = _BROKEN.get(kind, ConnectionClosedError)(endpoint_url=url)
    return broken


_PERSONALIZE = {
    Kind.THROTTLE: ("ThrottlingException", "Rate exceeded", 400),
    Kind.SERVER_ERROR: ("InternalServerError", "Internal error", 500),
    Kind.DENIED: ("AccessDeniedException", "User is not authorized to perform this action", 400),
    Kind.BAD_TOKEN: ("InvalidNextTokenException", "The token is not valid.", 400),
    Kind.RATE_LIMIT: (
        "LimitExceededException",
        "The limit on the number of requests per second has been exceeded.",
        400,
    ),
    Kind.IN_USE: ("ResourceInUseException", "The specified resource is in use.", 400),
    Kind.ROLE_NOT_USABLE: ("InvalidInputException", "Personalize is not able to assume the service role.", 400),
}
_OTHERS = {
    Kind.THROTTLE: ("ThrottlingException", "Rate exceeded", 429),
    Kind.SERVER_ERROR: ("InternalServerException", "Internal error", 500),
    Kind.DENIED: ("AccessDeniedException", "User is not authorized to perform this action", 403),
    Kind.ROLE_NOT_USABLE: (
        "ValidationException",
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        400,
    ),
}
_BROKEN = {Kind.READ_TIMEOUT: ReadTimeoutError, Kind.UNREACHABLE: EndpointConnectionError}
