"""The least that a handler with boto3 does before its first call."""

import boto3

personalize = boto3.client("personalize")
