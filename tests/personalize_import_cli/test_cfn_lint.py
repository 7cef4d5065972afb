"""The rule for templates that are written by hand, as cfn-lint itself runs it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.runner import main

from cdk_personalize_import_handler.dataset_import.properties import ResourceProperties
from personalize_import_cli.cfn_lint import PROPERTIES, TYPE

RIGHT = {
    "ServiceToken": {"Fn::ImportValue": "function"},
    "DatasetArn": "arn:aws:personalize:us-east-1:123456789012:dataset/shop/ITEMS",
    "DataLocation": "s3://shop-data/items/",
    "RoleArn": "arn:aws:iam::123456789012:role/reader",
    "ImportMode": "FULL",
    "WaitForCompletion": True,
    "Timeout": 3600,
}


def lint(template: Path, *imports: dict[str, Any]) -> None:
    """Run the command ``cfn-lint``, which ends with its exit code."""
    resources = {f"Import{n}": {"Type": TYPE, "Properties": properties} for n, properties in enumerate(imports)}
    template.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
    with pytest.MonkeyPatch.context() as patch:
        options = ["--append-rules", "personalize_import_cli.cfn_lint", "--format", "json", "--", str(template)]
        patch.setattr(sys, "argv", ["cfn-lint", *options])
        main()


def test_what_is_wrong_is_named_and_what_is_right_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = RIGHT | {"ImportMode": "ADD", "DataLocation": "shop-data/items", "PollIntervall": 5}
    del wrong["RoleArn"]
    with pytest.raises(SystemExit) as ended:
        lint(tmp_path / "template.json", RIGHT, wrong)
    assert ended.value.code == 2
    found = [(each["Rule"]["Id"], each["Message"]) for each in json.loads(capsys.readouterr().out)]
    assert {rule for rule, _ in found} == {"E9100"}
    messages = "\n".join(sorted(message for _, message in found))
    assert "needs RoleArn" in messages
    assert "has no property PollIntervall" in messages
    assert "ImportMode is 'ADD'; expected FULL or INCREMENTAL" in messages
    assert "DataLocation is 'shop-data/items'; expected s3://<bucket>/<key>" in messages
    assert len(found) == 4


def test_it_knows_the_properties_that_the_function_knows() -> None:
    assert PROPERTIES.keys() == ResourceProperties.__annotations__.keys()
