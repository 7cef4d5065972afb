"""A solution that waits for its data: it is made when the import has ended, and not at all when the import fails."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from cdk_personalize_import import DatasetImportJob, DataSource

data = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "SolutionWithData")
interactions = DatasetImportJob(
    stack,
    "Interactions",
    dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/INTERACTIONS"),
    data_source=DataSource.from_local_path(data / "interactions.csv"),
)
solution = personalize.CfnSolution(
    stack,
    "Solution",
    name="for-you",
    dataset_group_arn=stack.format_arn(service="personalize", resource="dataset-group", resource_name="shop"),
    recipe_arn=f"arn:{stack.partition}:personalize:::recipe/aws-user-personalization-v2",
)
solution.node.add_dependency(interactions)
app.synth()
