"""Checks of single arguments. Values that are only known at deployment pass."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import import _references
from cdk_personalize_import._job_tags import wrong_tags
from cdk_personalize_import._template.arns import Arns, is_token
from cdk_personalize_import._template.reported import are_reported

_DATASET_ARN = re.compile(r"arn:[a-z\d-]+:personalize:(?P<region>[a-z\d-]+):(?P<account>\d{12}):dataset/[^/]+/[^/]+")
_JOB_ARN = re.compile(r"arn:[a-z\d-]+:personalize:[a-z\d-]+:\d{12}:dataset-import-job/[a-zA-Z0-9][a-zA-Z0-9\-_]*")
_PREFIX = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]*")
_MAX_ARN = 256
# Three hashes and their hyphens take the rest of a job name's 63 characters.
_MAX_PREFIX = 33
_MAX_LOCATION = 256
_TIMEOUT_SECONDS = (60, 24 * 3600)
_DEFAULT_TIMEOUT_SECONDS = 3600
_DEFAULT_POLL_INTERVAL_SECONDS = 5
_POLL_INTERVAL_SECONDS = (1, 600)

_T = TypeVar("_T")


class Checks:
    """Checks the arguments of one construct.

    Each check raises TypeError for a value of the wrong type and ValueError for any other wrong value, with a
    sentence that names the construct, the argument, what is allowed and the value.

    Args:
        scope: The construct's scope.
        construct_id: The construct's id.

    Attributes:
        stack: The construct's stack.
        account: The stack's account.
        region: The stack's region.
        construct_path: The path that the construct will have.
        reported: Whether the CDK reports on the roles of the scope.
    """

    def __init__(self, scope: Any, construct_id: str) -> None:
        known = _known.get(scope)
        if known is None:
            known = _known[scope] = (cdk.Stack.of(scope), scope.node.path, are_reported(scope))
        self.stack, path, self.reported = known
        arns = Arns.of(self.stack)
        self.account, self.region = arns.account, arns.region
        self.construct_path = f"{path}/{construct_id}" if path else construct_id

    def refuse(self, argument: str, allowed: str, value: object, kind: type[Exception] = ValueError) -> NoReturn:
        """Raise the error of an argument."""
        raise kind(f"{self.construct_path}: {argument} must be {allowed}, got {value!r}")

    def text(self, argument: str, value: object) -> str:
        """Return a text."""
        if not isinstance(value, str):
            self.refuse(argument, "a string", value, TypeError)
        return value

    def flag(self, argument: str, value: object) -> bool:
        """Return a flag."""
        if not isinstance(value, bool):
            self.refuse(argument, "True or False", value, TypeError)
        return value

    def number(self, argument: str, value: object, least: int, most: float = math.inf) -> None:
        """Check a whole number between two others."""
        allowed = f"a whole number of at least {least}" + (f" and at most {most}" if most < math.inf else "")
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(argument, allowed, value, TypeError)
        if not cdk.Token.is_unresolved(value) and not (least <= value <= most and value == int(value)):
            self.refuse(argument, allowed, value)

    def member(self, argument: str, value: object, kind: type[_T]) -> _T:
        """Return a value of a type."""
        if not isinstance(value, kind):
            self.refuse(argument, f"of type {kind.__name__}", value, TypeError)
        return value

    def role(self, value: object) -> iam.IRole:
        """Return a role."""
        found = _references.role(value)
        if found is None:
            self.refuse("role", "an aws_iam.IRole, or an IRoleRef such as a CfnRole", value, TypeError)
        account = found.env.account
        if account != self.account and not is_token(account) and not is_token(self.account):
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
            allowed = f"in the stack's account, {self.account}, since no role can be passed across accounts"
            self.refuse("role", allowed, f"{found.node.path} in {account}")
        return found

    def dataset(self, dataset: object, dataset_arn: object) -> str:
        """Return the ARN of the dataset, which is given in one of two ways."""
        if (dataset is None) == (dataset_arn is None):
            given = "neither" if dataset is None else "both"
            self.refuse("dataset or dataset_arn", "given, one of them", given, TypeError)
        if dataset is None:
            return self.dataset_arn(dataset_arn)
        found = _references.dataset_arn(dataset)
        allowed = "an IDatasetRef, such as an aws_personalize.CfnDataset"
        return found or self.refuse("dataset", allowed, dataset, TypeError)

    def dataset_arn(self, value: object) -> str:
        """Return the ARN of a dataset that this stack can import into."""
        allowed = "the ARN of a Personalize dataset (arn:aws:personalize:<region>:<account>:dataset/<group>/<type>)"
        if not isinstance(value, str):
            self.refuse("dataset_arn", f"a string, {allowed}", value, TypeError)
        if "${Token[" in value:
            return value
        match = _DATASET_ARN.fullmatch(value)
        if not match or len(value) > _MAX_ARN:
            self.refuse("dataset_arn", allowed, value)
        for part, own in (("region", self.region), ("account", self.account)):
            if match[part] != own and not is_token(own):
                self.refuse("dataset_arn", f"in the stack's {part}, {own}", value)
        return value

    def dataset_import_job_arn(self, value: object) -> None:
        """Check the ARN of a dataset import job."""
        argument = "dataset_import_job_arn"
        arn = self.text(argument, value)
        if not is_token(arn) and not _JOB_ARN.fullmatch(arn):
            form = "arn:aws:personalize:<region>:<account>:dataset-import-job/<name>"
            self.refuse(argument, f"the ARN of a Personalize dataset import job ({form})", value)

    def data_location(self, argument: str, location: str) -> None:
        """Check the length of an S3 URL, of which the bucket's name may not be known."""
        # A bucket's name has three characters at least.
        known = re.sub(r"\$\{Token\[[^]]*\]\}", "???", location)
        if len(known) > _MAX_LOCATION:
            self.refuse(
                argument, f"so short that the S3 URL of the data has at most {_MAX_LOCATION} characters", location
            )

    def job_name_prefix(self, value: object) -> str:
        """Return the prefix of job names, from the construct's path where none is given."""
        if value is None:
            # The end of the path tells more than its beginning.
            name = re.sub(r"[^a-zA-Z0-9_]+", "-", self.construct_path).strip("-_")
            return name[-_MAX_PREFIX:].strip("-_") or "import"
        prefix = self.text("job_name_prefix", value)
        if is_token(prefix):
            return prefix
        if len(prefix) > _MAX_PREFIX or not _PREFIX.fullmatch(prefix):
            allowed = f"1 to {_MAX_PREFIX} letters, digits, hyphens and underscores, the first a letter or digit"
            self.refuse("job_name_prefix", allowed, value)
        # The form in which it comes before a hyphen in a job's name.
        return re.sub(r"-+", "-", prefix).rstrip("-_")

    def tags(self, value: object) -> dict[str, str]:
        """Return the tags."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.refuse("tags", "a mapping of strings to strings", value, TypeError)
        for key, text in value.items():
            if not isinstance(key, str) or not isinstance(text, str):
                self.refuse("tags", "a mapping of strings to strings", {key: text}, TypeError)
        wrong = wrong_tags(value)
        if wrong:
            self.refuse("tags", *wrong)
        return dict(value)

    def timeout(self, value: object) -> int:
        """Return how long to wait, in seconds."""
        if value is None:
            return _DEFAULT_TIMEOUT_SECONDS
        if not isinstance(value, cdk.Duration):
            self.refuse("timeout", "a Duration", value, TypeError)
        if value.is_unresolved():
            self.refuse("timeout", "known at synthesis, because the number of resources depends on it", str(value))
        seconds = math.ceil(value.to_milliseconds() / 1000)
        least, most = _TIMEOUT_SECONDS
        if not least <= seconds <= most:
            self.refuse("timeout", "between 1 minute and 24 hours", f"{value.to_human_string()}")
        return seconds

    def duration(self, argument: str, value: object, allowed: tuple[int, int]) -> int:
        """Return a duration in seconds, which is known at synthesis and between two numbers of seconds."""
        if not isinstance(value, cdk.Duration):
            self.refuse(argument, "a Duration", value, TypeError)
        if value.is_unresolved():
            self.refuse(argument, "known at synthesis", str(value))
        seconds = value.to_milliseconds() / 1000
        if not allowed[0] <= seconds <= allowed[1]:
            least, most = (cdk.Duration.seconds(bound).to_human_string() for bound in allowed)
            self.refuse(argument, f"between {least} and {most}", value.to_human_string())
        return math.ceil(seconds)

    def poll_interval(self, value: object, timeout: int) -> str:
        """Return the closest spacing of two looks at the job, in seconds."""
        if value is None:
            return str(_DEFAULT_POLL_INTERVAL_SECONDS)
        if not isinstance(value, cdk.Duration):
            self.refuse("poll_interval", "a Duration", value, TypeError)
        if value.is_unresolved():
            return cdk.Tokenization.stringify_number(value.to_seconds())
        milliseconds = value.to_milliseconds()
        seconds = math.ceil(milliseconds / 1000)
        least, most = _POLL_INTERVAL_SECONDS
        if not least * 1000 <= milliseconds <= most * 1000:
            self.refuse("poll_interval", "between 1 second and 10 minutes", value.to_human_string())
        if seconds > timeout:
            self.refuse("poll_interval", f"at most timeout ({timeout} seconds)", value.to_human_string())
        return str(seconds)


# What a scope is asked once: each question is a call to the CDK's own process. A scope with children keeps its context.
_known: WeakKeyDictionary[Construct, tuple[cdk.Stack, str, bool]] = WeakKeyDictionary()
