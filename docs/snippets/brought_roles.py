"""All roles of a stack, made by somebody else from the CDK's report."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App()
# --8<-- [start:roles]
provider = "BroughtRoles/Custom::PersonalizeDatasetImportJobProvider"
iam.Role.customize_roles(
    app,
    use_precreated_roles={
        f"{provider}/Role": "company-import-function",
        f"{provider}/ScheduleRole": "company-import-schedules",
        "BroughtRoles/Items/ServiceRole": "company-import-items",
    },
)
# --8<-- [end:roles]
stack = cdk.Stack(app, "BroughtRoles")
DatasetImportJob(
    stack,
    "Items",
    dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS"),
    data_source=DataSource.from_bucket(s3.Bucket.from_bucket_name(stack, "Bucket", "company-data"), "items/"),
)
app.synth()
