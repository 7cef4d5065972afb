"""A solution that waits for its data: it is made when the import has ended, and not at all when the import fails."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "SolutionWithData")
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="solution-with-data")
schema = personalize.CfnSchema(
    stack, "Schema", name="interactions", schema=(DATA / "schemas" / "interactions.json").read_text(encoding="utf-8")
)
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="interactions",
    dataset_type="Interactions",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)
# --8<-- [start:solution]
interactions = DatasetImportJob(
    stack,
    "Interactions",
    dataset=dataset,
    data_source=DataSource.from_local_path(DATA / "interactions.csv"),
)
solution = personalize.CfnSolution(
    stack,
    "Solution",
    name="for-you",
    dataset_group_arn=group.attr_dataset_group_arn,
    recipe_arn=f"arn:{stack.partition}:personalize:::recipe/aws-user-personalization-v2",
)
solution.node.add_dependency(interactions)
# --8<-- [end:solution]
app.synth()
