"""A file that lies next to the app: uploaded on deploy, and imported again whenever it changes.

The schema is made by the same app, so the file is checked against it at synth: a broken one never leaves your machine.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from cdk_personalize_import import DatasetImportJob, DataSource

data = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "LocalFiles")
schema = personalize.CfnSchema(
    stack, "Schema", name="local-files", schema=(data / "schemas" / "items.json").read_text(encoding="utf-8")
)
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="local-files")
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="items",
    dataset_type="Items",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)

# --8<-- [start:import]
DatasetImportJob(
    stack,
    "Items",
    dataset=dataset,
    data_source=DataSource.from_local_path(data / "items.csv"),
)
# --8<-- [end:import]
app.synth()
