import io
import zipfile
from typing import Any

from local_aws.server import LocalAws

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:none"


def asset(aws: LocalAws, key: str, files: dict[str, str]) -> str:
    s3, packed = aws.client("s3"), io.BytesIO()
    if "assets" not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket="assets")
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    s3.put_object(Bucket="assets", Key=key, Body=packed.getvalue())
    return key


def deployment(*keys: str, **more: Any) -> dict[str, Any]:
    properties = {
        "ServiceToken": LAMBDA,
        "SourceBucketNames": ["assets"] * len(keys),
        "SourceObjectKeys": list(keys),
        "DestinationBucketName": {"Ref": "Bucket"},
        **more,
    }
    return {"Type": "Custom::CDKBucketDeployment", "Properties": properties}


def resources(deployed: dict[str, Any]) -> dict[str, Any]:
    emptied = {
        "Type": "Custom::S3AutoDeleteObjects",
        "Properties": {"ServiceToken": LAMBDA, "BucketName": {"Ref": "Bucket"}},
    }
    return {"Bucket": {"Type": "AWS::S3::Bucket"}, "Emptied": emptied, "Files": deployed}


def contents(aws: LocalAws, bucket: str) -> dict[str, bytes]:
    s3 = aws.client("s3")
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def test_files_are_copied_marked_filtered_and_pruned(stacks: Any, aws: LocalAws) -> None:
    first = asset(aws, "one.zip", {"a.csv": "arn is <<marker>>", "sub/b.csv": "b", "skipped.txt": "x"})
    second = asset(aws, "two.zip", {"c.csv": "c"})
    options = {
        "DestinationBucketKeyPrefix": "data",
        "SourceMarkers": [{"<<marker>>": "known"}, {}],
        "Exclude": ["*.txt"],
    }
    assert stacks.create("files", resources(deployment(first, second, **options))) == "CREATE_COMPLETE"
    bucket = stacks.physical_id("files", "Bucket")
    assert contents(aws, bucket) == {"data/a.csv": b"arn is known", "data/c.csv": b"c", "data/sub/b.csv": b"b"}

    aws.client("s3").put_object(Bucket=bucket, Key="data/kept.txt", Body=b"excluded files aren't pruned")
    assert (
        stacks.update("files", resources(deployment(second, **options | {"SourceMarkers": [{}]}))) == "UPDATE_COMPLETE"
    )
    assert contents(aws, bucket).keys() == {"data/c.csv", "data/kept.txt"}
    assert stacks.delete("files") == "DELETE_COMPLETE"


def test_files_stay_unless_told_otherwise(stacks: Any, aws: LocalAws) -> None:
    key = asset(aws, "three.zip", {"a.csv": "a"})
    for name, retain, left in (("keep", "true", {"a.csv"}), ("drop", "false", set())):
        stacks.create(name, resources(deployment(key, RetainOnDelete=retain, Prune="false")))
        bucket = stacks.physical_id(name, "Bucket")
        without = {key: value for key, value in resources({}).items() if key != "Files"}
        assert stacks.update(name, without) == "UPDATE_COMPLETE"
        assert contents(aws, bucket).keys() == left


def test_a_bucket_with_old_versions_is_emptied_before_it_goes(stacks: Any, aws: LocalAws) -> None:
    given = resources(deployment(asset(aws, "four.zip", {"a.csv": "a"})))
    given["Bucket"] = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
    stacks.create("versions", given)
    bucket = stacks.physical_id("versions", "Bucket")
    aws.client("s3").put_object(Bucket=bucket, Key="a.csv", Body=b"newer")
    aws.client("s3").delete_object(Bucket=bucket, Key="a.csv")
    assert stacks.delete("versions") == "DELETE_COMPLETE"
