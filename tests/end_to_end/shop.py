"""A dataset group "shop" with all five datasets, and a bucket "shop-data" with data for them; no stack made them."""

import json

from synthesis import ROOT

from local_aws.server import LocalAws

BUCKET = "shop-data"
DATASET_TYPES = ("Interactions", "Users", "Items", "Actions", "Action_Interactions")


def open_shop(aws: LocalAws) -> None:
    """Make the shop; returns when its datasets are active."""
    personalize = aws.client("personalize")
    group = personalize.create_dataset_group(name="shop")["datasetGroupArn"]
    schemas = {
        kind: personalize.create_schema(
            name=f"shop-{kind.lower().replace('_', '-')}",
            schema=(ROOT / "data" / "schemas" / f"{kind.lower()}.json").read_text(encoding="utf-8"),
        )["schemaArn"]
        for kind in DATASET_TYPES
    }
    open_bucket(aws, BUCKET)
    for kind in DATASET_TYPES:
        data = (ROOT / "data" / f"{kind.lower()}.csv").read_bytes()
        put(aws, f"{kind.lower()}.csv", data)
        put(aws, f"{kind.lower()}/part-1.csv", data)
    while personalize.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["status"] != "ACTIVE":
        aws.clock.sleep(1)
    datasets = [
        personalize.create_dataset(name=f"shop-{kind}", datasetType=kind, datasetGroupArn=group, schemaArn=schema)[
            "datasetArn"
        ]
        for kind, schema in schemas.items()
    ]
    for dataset in datasets:
        while personalize.describe_dataset(datasetArn=dataset)["dataset"]["status"] != "ACTIVE":
            aws.clock.sleep(1)


def open_bucket(aws: LocalAws, name: str) -> None:
    """Make a bucket that Personalize may read."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
    }
    aws.client("s3").create_bucket(Bucket=name)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("s3").put_bucket_policy(Bucket=name, Policy=policy)


def open_encrypted_bucket(aws: LocalAws) -> str:
    """Make a bucket "encrypted-shop-data" with users.csv in it, and return the ARN of its key.

    Both let their account and Personalize use them.
    """
    principals: list[dict[str, object]] = [
        {"Principal": {"AWS": f"arn:aws:iam::{aws.account}:root"}, "Action": "kms:*"},
        {
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"],
        },
    ]
    statements = [{"Effect": "Allow", "Resource": "*", **principal} for principal in principals]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    arn = str(aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])
    open_bucket(aws, "encrypted-shop-data")
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    aws.client("s3").put_bucket_encryption(
        Bucket="encrypted-shop-data",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]},
    )
    put(aws, "users.csv", sample("users"), bucket="encrypted-shop-data")
    return arn


def put(aws: LocalAws, key: str, data: bytes, *, bucket: str = BUCKET, import_seconds: float | None = None) -> None:
    """Put a file into a bucket.

    Args:
        aws: The embedded AWS.
        key: The file's key.
        data: Its content.
        bucket: The bucket.
        import_seconds: How long the import of it takes, in AWS seconds; by default as any other.
    """
    metadata = {} if import_seconds is None else {"local-aws-import-seconds": str(import_seconds)}
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=data, Metadata=metadata)


def sample(name: str) -> bytes:
    """Return a CSV file of the sample data."""
    return (ROOT / "data" / f"{name}.csv").read_bytes()


def without_column(csv: bytes, column: str) -> bytes:
    """Return a CSV file without one of its columns; no value may have a comma in it."""
    rows = [line.split(",") for line in csv.decode().splitlines()]
    gone = rows[0].index(column)
    return "\n".join(",".join(row[:gone] + row[gone + 1 :]) for row in rows).encode()
