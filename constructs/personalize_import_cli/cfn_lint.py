"""A rule for cfn-lint: ``cfn-lint --append-rules personalize_import_cli.cfn_lint template.yaml``.

For templates with resources of the type ``Custom::PersonalizeDatasetImportJob`` that people write by hand. What the
construct says at synth, this says about a template. A value that an intrinsic function makes isn't known before the
deployment, so it is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

TYPE = "Custom::PersonalizeDatasetImportJob"
_FLAG = (r"true|false", "true or false")
_SECONDS = (r"\d+(\.\d+)?", "a number of seconds")
_ANYTHING = (r"(?s).*", "any text")
REQUIRED = ("ServiceToken", "DatasetArn", "DataLocation", "RoleArn")
PROPERTIES = {
    "ServiceToken": (r"arn:[^:]+:lambda:.+", "the ARN of the function that the construct makes"),
    "ServiceTimeout": (r"\d+", "a number of seconds"),
    "DatasetArn": (r"arn:[^:]+:personalize:[^:]+:[^:]+:dataset/.+", "the ARN of a dataset"),
    "DataLocation": (r"s3://[^/]+/.*[^/].*", "s3://<bucket>/<key>, the key of a folder with a slash at its end"),
    "RoleArn": (r"arn:[^:]+:iam::\d{12}:role/.+", "the ARN of a role"),
    "ImportMode": (r"FULL|INCREMENTAL", "FULL or INCREMENTAL"),
    "PublishAttributionMetricsToS3": _FLAG,
    "Tags": None,
    "JobNamePrefix": (r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,32}", "1 to 33 letters, digits, hyphens and underscores"),
    "DataVersion": _ANYTHING,
    "AddsTo": _ANYTHING,
    "DatasetDefinition": None,
    "WaitForCompletion": _FLAG,
    "Timeout": _SECONDS,
    "PollInterval": _SECONDS,
    "Preflight": _FLAG,
    "JobName": _ANYTHING,
    "HandOver": _FLAG,
    "SendEvents": _FLAG,
    "DueImports": _FLAG,
}
"""Every property with a pattern and what it stands for; None where the value is no text."""


class PersonalizeDatasetImportJob(CloudFormationLintRule):  # type: ignore[misc] # cfn-lint has no types
    """The properties of an import."""

    id = "E9100"
    shortdesc = "Properties of Custom::PersonalizeDatasetImportJob"
    description = "Checks names and values of the properties of an import of data into Amazon Personalize"
    source_url = "https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html"
    tags: ClassVar = ["resources", "personalize"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return what is wrong with the imports of a template."""
        found = []
        for name, resource in cfn.get_resources(TYPE).items():
            path = ["Resources", name, "Properties"]
            properties = resource.get("Properties") or {}
            found += [RuleMatch([*path, *where], message) for where, message in _problems(properties)]
        return found


def _problems(properties: dict[str, Any]) -> Iterator[tuple[list[str], str]]:
    for name in REQUIRED:
        if name not in properties:
            yield [], f"{TYPE} needs {name}"
    for name, value in properties.items():
        if name not in PROPERTIES:
            yield [name], f"{TYPE} has no property {name}; it has {', '.join(sorted(PROPERTIES))}"
            continue
        rule = PROPERTIES[name]
        if rule is None or isinstance(value, dict | list):
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if not re.fullmatch(rule[0], text):
            yield [name], f"{name} is {text!r}; expected {rule[1]}"
