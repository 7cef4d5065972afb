"""A function with everything set that can be: deployed, imported with, changed back and destroyed."""

from pathlib import Path

import aws_cdk as cdk_lib
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.stacks import assemble, import_into_shop

from cdk_personalize_import import ImportFunction
from local_aws.server import LocalAws

SPEED = 300.0


def corporate(folder: Path, *, configured: bool) -> Path:
    def fill(stack: cdk_lib.Stack) -> None:
        network = ec2.CfnVPC(stack, "Vpc", cidr_block="10.0.0.0/16")
        subnet = ec2.CfnSubnet(stack, "Subnet", vpc_id=network.ref, cidr_block="10.0.0.0/24")
        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Network", vpc_id=network.ref, availability_zones=["a"], private_subnet_ids=[subnet.ref]
        )
        made = ec2.CfnSecurityGroup(stack, "Group", group_description="of the function", vpc_id=network.ref)
        group = ec2.SecurityGroup.from_security_group_id(stack, "Known", made.attr_group_id)
        key = kms.Key(stack, "Key", removal_policy=cdk_lib.RemovalPolicy.DESTROY)
        queue = sqs.Queue(stack, "DeadLetters", encryption_master_key=key)
        if configured:
            ImportFunction.of(stack).configure(
                vpc=vpc,
                security_groups=[group],
                encryption_key=key,
                log_retention=logs.RetentionDays.ONE_YEAR,
                dead_letter_queue=queue,
                reserved_concurrent_executions=10,
                memory_size=256,
            )
        import_into_shop(stack, "Items", "ITEMS", "items.csv")

    return assemble(folder, "Corporate", fill)


def test_a_function_with_all_settings_imports_and_goes_back(
    cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path
) -> None:
    client = aws.client("lambda")
    first = cdk.deploy(app=corporate(tmp_path / "1", configured=True))

    assert first.code == 0, first.output
    assert [job["status"] for job in account.jobs("Corporate")] == ["ACTIVE"]
    [function] = client.list_functions()["Functions"]
    name = function["FunctionName"]
    assert function["MemorySize"] == 256
    assert len(function["VpcConfig"]["SubnetIds"]) == 1
    assert client.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 10
    assert ":key/" in function["KMSKeyArn"]
    assert function["DeadLetterConfig"]["TargetArn"].startswith("arn:aws:sqs:")
    [group] = aws.client("logs").describe_log_groups(logGroupNamePrefix="Corporate-")["logGroups"]
    assert (group["retentionInDays"], group["kmsKeyId"]) == (365, function["KMSKeyArn"])

    back = cdk.deploy(app=corporate(tmp_path / "2", configured=False))
    assert back.code == 0, back.output
    assert len(account.jobs("Corporate")) == 1
    [function] = client.list_functions()["Functions"]
    assert (function["MemorySize"], function.get("DeadLetterConfig"), function.get("KMSKeyArn")) == (128, None, None)

    destroyed = cdk.destroy(app=corporate(tmp_path / "3", configured=False))
    assert destroyed.code == 0, destroyed.output
