"""An import that moves from one nested stack to another."""

from pathlib import Path

import aws_cdk as cdk_lib
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.stacks import assemble, import_into_shop

SPEED = 300.0


def shop_in_two_parts(folder: Path, *, moved: bool, broken: bool = False) -> Path:
    def fill(stack: cdk_lib.Stack) -> None:
        parts = [cdk_lib.NestedStack(stack, name) for name in ("One", "Two")]
        for part in parts:
            cdk_lib.CfnResource(part, "Note", type="AWS::SSM::Parameter", properties={"Type": "String", "Value": "x"})
        parts[1].add_stack_dependency(parts[0])
        job = import_into_shop(parts[moved], "Items", "ITEMS", "items.csv")
        if broken:
            last = cdk_lib.CfnResource(parts[1], "Broken", type="AWS::SSM::Parameter", properties={"Type": "String"})
            last.node.add_dependency(job)

    return assemble(folder, "Moving", fill)


def test_a_move_that_fails_leaves_the_import_where_it_was_and_one_that_works_cleans_up(
    cdk: Cdk, account: Account, tmp_path: Path
) -> None:
    before = account.resources()
    first = cdk.deploy(app=shop_in_two_parts(tmp_path / "1", moved=False))
    assert first.code == 0, first.output
    deployed = account.resources()
    [job] = account.jobs()

    failed = cdk.deploy(app=shop_in_two_parts(tmp_path / "2", moved=True, broken=True))
    assert failed.code == 1
    assert "required key [Value] not found" in failed.output
    assert account.status("Moving") == "UPDATE_ROLLBACK_COMPLETE"
    logs = {name for name in account.resources() if name.startswith("log group")}
    assert account.resources() - logs == deployed - logs

    moved = cdk.deploy(app=shop_in_two_parts(tmp_path / "3", moved=True))
    assert moved.code == 0, moved.output
    assert account.status("Moving") == "UPDATE_COMPLETE"
    assert job["datasetImportJobArn"] in {each["datasetImportJobArn"] for each in account.jobs()}

    destroyed = cdk.destroy(app=shop_in_two_parts(tmp_path / "4", moved=True))
    assert destroyed.code == 0, destroyed.output
    assert {name for name in account.resources() - before if not name.startswith("log group")} == set()
