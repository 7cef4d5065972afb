from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws

BUCKET = {"Type": "AWS::S3::Bucket"}


def test_dependents_go_first(stacks: Any, parameter: Any) -> None:
    resources = {"A": parameter(), "B": parameter({"Ref": "A"}), "C": parameter(depends_on=["B"])}
    stacks.create("deleted", resources)
    stack_id = stacks.describe("deleted")["StackId"]
    assert stacks.delete("deleted") == "DELETE_COMPLETE"
    gone = [name for name, status, _ in stacks.events(stack_id) if status == "DELETE_COMPLETE"]
    assert gone == ["C", "B", "A", "deleted"]
    with pytest.raises(ClientError, match="Stack with id deleted does not exist"):
        stacks.describe("deleted")
    stacks.client.delete_stack(StackName="deleted")


def test_a_bucket_that_is_not_empty_stays_until_it_is(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    stacks.create("full", {"Bucket": BUCKET, "Free": parameter(), "After": parameter({"Ref": "Bucket"})})
    bucket, s3 = stacks.physical_id("full", "Bucket"), aws.client("s3")
    s3.put_object(Bucket=bucket, Key="left", Body=b"x")
    assert stacks.delete("full") == "DELETE_FAILED"
    assert "not empty" in stacks.reason("full", "Bucket")
    assert stacks.describe("full")["StackStatusReason"] == "The following resource(s) failed to delete: [Bucket]. "
    assert stacks.statuses("full", "Free")[-1] == "DELETE_COMPLETE"
    s3.delete_object(Bucket=bucket, Key="left")
    assert stacks.delete("full") == "DELETE_COMPLETE"


def test_what_fails_to_delete_can_be_left_behind(stacks: Any, aws: LocalAws) -> None:
    stacks.create("abandoned", {"Bucket": BUCKET})
    bucket = stacks.physical_id("abandoned", "Bucket")
    aws.client("s3").put_object(Bucket=bucket, Key="left", Body=b"x")
    assert stacks.delete("abandoned") == "DELETE_FAILED"
    assert stacks.delete("abandoned", RetainResources=["Bucket"]) == "DELETE_COMPLETE"
    assert aws.client("s3").get_object(Bucket=bucket, Key="left")["Body"].read() == b"x"


def test_retained_resources_stay(stacks: Any, aws: LocalAws) -> None:
    stacks.create("retained", {"Bucket": {**BUCKET, "DeletionPolicy": "Retain"}})
    bucket = stacks.physical_id("retained", "Bucket")
    assert stacks.delete("retained") == "DELETE_COMPLETE"
    assert bucket in [found["Name"] for found in aws.client("s3").list_buckets()["Buckets"]]


def test_termination_protection(stacks: Any, parameter: Any) -> None:
    stacks.create("protected", {"A": parameter()}, EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="cannot be deleted while TerminationProtection is enabled"):
        stacks.client.delete_stack(StackName="protected")
    stacks.client.update_termination_protection(StackName="protected", EnableTerminationProtection=False)
    assert stacks.delete("protected") == "DELETE_COMPLETE"


def test_deletion_overtakes_a_creation_in_progress(stacks: Any, parameter: Any, custom: Any, function: Any) -> None:
    function.answer = lambda event: None if event["RequestType"] == "Create" else {}
    stacks.create("overtaken", {"A": custom(), "B": parameter()}, wait=False)
    while not function.events:
        pass
    assert stacks.delete("overtaken") == "DELETE_COMPLETE"
    assert [kind for kind, _ in function.kinds()] == ["Create", "Delete"]
