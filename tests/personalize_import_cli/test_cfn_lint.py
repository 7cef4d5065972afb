"""The rule for templates that are written by hand, as cfn-lint itself runs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

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


def lint(folder: Path, *imports: dict[str, Any]) -> list[tuple[str, str]]:
    resources = {f"Import{n}": {"Type": TYPE, "Properties": properties} for n, properties in enumerate(imports)}
    template = folder / "template.json"
    template.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
    cfn_lint = str(Path(sys.executable).with_name("cfn-lint"))
    command = [cfn_lint, "--append-rules", "personalize_import_cli.cfn_lint", "--format", "json", "--", str(template)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    assert run.returncode in (0, 2), run.stderr
    return [(found["Rule"]["Id"], found["Message"]) for found in json.loads(run.stdout or "[]")]


def test_what_is_wrong_is_named_and_what_is_right_is_left_alone(tmp_path: Path) -> None:
    wrong = RIGHT | {"ImportMode": "ADD", "DataLocation": "shop-data/items", "PollIntervall": 5}
    del wrong["RoleArn"]
    found = lint(tmp_path, RIGHT, wrong)
    assert {rule for rule, _ in found} == {"E9100"}
    messages = "\n".join(sorted(message for _, message in found))
    assert "needs RoleArn" in messages
    assert "has no property PollIntervall" in messages
    assert "ImportMode is 'ADD'; expected FULL or INCREMENTAL" in messages
    assert "DataLocation is 'shop-data/items'; expected s3://<bucket>/<key>" in messages
    assert len(found) == 4


def test_it_knows_the_properties_that_the_function_knows() -> None:
    assert PROPERTIES.keys() == ResourceProperties.__annotations__.keys()
