"""A model that is trained again when data has been imported: automatic training alone can come a week later."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_personalize as personalize

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "TrainAfterImport")
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="train-after-import")
schema = personalize.CfnSchema(
    stack, "Schema", name="train", schema=(DATA / "schemas" / "interactions.json").read_text(encoding="utf-8")
)
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="interactions",
    dataset_type="Interactions",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)
job = DatasetImportJob(
    stack, "Interactions", dataset=dataset, data_source=DataSource.from_local_path(DATA / "interactions.csv")
)
job.import_on_schedule("Nightly", schedule=events.Schedule.cron(hour="3", minute="0"))

# --8<-- [start:train]
# Its first training begins by itself, within an hour, and the next automatic one a week later.
# https://docs.aws.amazon.com/personalize/latest/dg/solution-config-auto-training.html
solution = personalize.CfnSolution(
    stack,
    "Solution",
    name="train-after-import",
    dataset_group_arn=group.attr_dataset_group_arn,
    recipe_arn=f"arn:{stack.partition}:personalize:::recipe/aws-user-personalization-v2",
)
solution.node.add_dependency(job)

# An event can come twice: the job's name makes it the same version, which can't be made again.
TRAIN = """
import os
import boto3

personalize = boto3.client("personalize")

def handler(event, context):
    try:
        personalize.create_solution_version(solutionArn=os.environ["SOLUTION_ARN"], name=event["detail"]["jobName"])
    except personalize.exceptions.ResourceAlreadyExistsException:
        print("trained already")
"""
train = lambda_.Function(
    stack,
    "Train",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="index.handler",
    code=lambda_.Code.from_inline(TRAIN),
    timeout=cdk.Duration.seconds(30),
    environment={"SOLUTION_ARN": solution.attr_solution_arn},
)
train.add_to_role_policy(
    iam.PolicyStatement(actions=["personalize:CreateSolutionVersion"], resources=[solution.attr_solution_arn])
)
job.on_succeeded("ToTrain", target=targets.LambdaFunction(train))
# --8<-- [end:train]
app.synth()
