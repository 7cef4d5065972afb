"""Where Lambda functions log: moto's CloudWatch Logs, as far as the function's role may write there."""

from moto.awslambda.models import LambdaFunction
from moto.logs.models import LogsBackend, logs_backends

from local_aws import turn
from local_aws.account import Account
from local_aws.cloudwatch.embedded_metrics import put_embedded_metrics
from local_aws.permissions import call_log
from local_aws.permissions.action import Need
from local_aws.permissions.policy import allowed


class FunctionLog:
    """The log stream of one execution environment; what the function's role may not write is lost, as on AWS.

    Args:
        aws: The embedded AWS.
        function: The function.
        stream: The log stream's name.

    Attributes:
        group: The log group's name.
        stream: The log stream's name.
    """

    def __init__(self, aws: Account, function: LambdaFunction, stream: str) -> None:
        self.group = str(function.get_configuration()["LoggingConfig"]["LogGroup"])
        self.stream = stream
        self._aws = aws
        self._role = function.role
        self._arn = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:{self.group}:log-stream:"
        self._may_write: bool | None = None

    @property
    def _backend(self) -> LogsBackend:
        return logs_backends[self._aws.account][self._aws.region]

    def _open(self) -> bool:
        if self.group not in self._backend.groups and self._may("CreateLogGroup", self._arn):
            self._backend.ensure_log_group(self.group)
        if self.group in self._backend.groups and self._may("CreateLogStream", self._arn + self.stream):
            self._backend.create_log_stream(self.group, self.stream)
        return self._may("PutLogEvents", self._arn + self.stream)

    def _may(self, operation: str, arn: str) -> bool:
        need = Need(f"logs:{operation}", arn)
        return call_log.record(self._role, need, allowed(self._role, need))

    @turn.taken()
    def write(self, message: str) -> None:
        """Write one log event, with the present AWS time; the first one opens the stream."""
        if self._may_write is None:
            self._may_write = self._open()
        group = self._backend.groups.get(self.group)
        if self._may_write and group is not None and self.stream in group.streams:
            # Not through the service's operation, which refuses events that are ahead of real time.
            event = {"timestamp": int(self._aws.clock.time() * 1000), "message": message}
            group.streams[self.stream].put_log_events([event])
            put_embedded_metrics(self._aws, message)
