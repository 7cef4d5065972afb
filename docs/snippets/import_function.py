"""The function behind the imports as a company wants it: in a private VPC, with its own key, logs kept for a year."""

from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from cdk_personalize_import import DatasetImportJob, DataSource, ImportFunction

app = cdk.App()
stack = cdk.Stack(app, "Corporate", env=cdk.Environment(account="123456789012", region="eu-west-1"))

# --8<-- [start:vpc]
vpc = ec2.Vpc(
    stack,
    "Vpc",
    subnet_configuration=[ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
)
vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
vpc.add_interface_endpoint("Personalize", service=ec2.InterfaceVpcEndpointAwsService.PERSONALIZE)
vpc.add_interface_endpoint("Scheduler", service=ec2.InterfaceVpcEndpointAwsService("scheduler"))
vpc.add_interface_endpoint("CloudFormation", service=ec2.InterfaceVpcEndpointAwsService.CLOUDFORMATION)
# For what is told between deployments: on_succeeded, on_failed.
vpc.add_interface_endpoint("EventBridge", service=ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE)
# --8<-- [end:vpc]

# --8<-- [start:configure]
ImportFunction.of(stack).configure(
    vpc=vpc,
    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
    log_retention=logs.RetentionDays.ONE_YEAR,
    dead_letter_queue=sqs.Queue(stack, "DeadLetters", enforce_ssl=True),
    reserved_concurrent_executions=20,
    memory_size=256,
)
# --8<-- [end:configure]

# --8<-- [start:boundary]
boundary = iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "corporate-boundary")
iam.PermissionsBoundary.of(stack).apply(boundary)
# --8<-- [end:boundary]


# --8<-- [start:injector]
@jsii.implements(cdk.IPropertyInjector)
class Traced:
    """Has AWS X-Ray trace every function."""

    @property
    def construct_unique_id(self) -> str:
        """The class whose constructs get the properties."""
        return lambda_.Function.PROPERTY_INJECTION_ID

    def inject(self, original_props: Any, *, id: str, scope: Construct) -> Any:  # noqa: A002, ARG002
        """Return the properties with which a construct is made."""
        return {**original_props, "tracing": lambda_.Tracing.ACTIVE}


cdk.PropertyInjectors.of(stack).add(Traced())
# --8<-- [end:injector]

DatasetImportJob(
    stack,
    "Items",
    dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS"),
    data_source=DataSource.from_bucket(s3.Bucket(stack, "Bucket", enforce_ssl=True), "items/"),
)
app.synth()
