"""The least that a handler with boto3 does until its first call is answered."""

import boto3
from no_network import answer_calls  # type: ignore[import-not-found]

answer_calls()
personalize = boto3.client("personalize")
personalize.list_dataset_import_jobs(datasetArn="arn:aws:personalize:us-east-1:111122223333:dataset/shop/ITEMS")
