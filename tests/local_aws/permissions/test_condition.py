import pytest

from local_aws.permissions.condition import Context, condition_holds, like, with_variables

CONTEXT: Context = {
    "aws:SourceAccount": "123456789012",
    "aws:SourceArn": "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/job",
    "aws:SecureTransport": "true",
    "aws:SourceIp": "10.0.0.7",
    "aws:TagKeys": ["team", "stage"],
    "s3:max-keys": "10",
    "aws:CurrentTime": "2026-05-01T00:00:00+00:00",
}


@pytest.mark.parametrize(
    ("operator", "key", "expected", "holds"),
    [
        ("StringEquals", "aws:SourceAccount", ["123456789012"], True),
        ("StringEquals", "AWS:sourceaccount", ["123456789012"], True),
        ("StringEquals", "aws:SourceAccount", ["1", "123456789012"], True),
        ("StringEquals", "aws:SourceAccount", ["1"], False),
        ("StringNotEquals", "aws:SourceAccount", ["1", "2"], True),
        ("StringNotEquals", "aws:SourceAccount", ["1", "123456789012"], False),
        ("StringEqualsIgnoreCase", "aws:SecureTransport", ["TRUE"], True),
        ("StringLike", "aws:SourceArn", ["arn:aws:personalize:us-east-1:123456789012:*"], True),
        ("StringLike", "aws:SourceArn", ["arn:aws:personalize:eu-west-1:123456789012:*"], False),
        ("StringNotLike", "aws:SourceArn", ["arn:aws:personalize:*"], False),
        ("ArnLike", "aws:SourceArn", ["arn:*:personalize:*:*:dataset-import-job/*"], True),
        ("ArnEquals", "aws:SourceArn", ["arn:aws:personalize:*"], False),
        ("ArnNotLike", "aws:SourceArn", ["arn:aws:s3:::*"], True),
        ("Bool", "aws:SecureTransport", ["true"], True),
        ("Bool", "aws:SecureTransport", ["false"], False),
        ("Null", "aws:SourceVpce", ["true"], True),
        ("Null", "aws:SourceIp", ["true"], False),
        ("IpAddress", "aws:SourceIp", ["10.0.0.0/8"], True),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8"], False),
        ("NumericLessThanEquals", "s3:max-keys", ["10"], True),
        ("NumericGreaterThan", "s3:max-keys", ["10"], False),
        ("DateGreaterThan", "aws:CurrentTime", ["2026-04-01T00:00:00+00:00"], True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["team"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["team"], False),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["team", "stage", "cost"], True),
        # A key that the call doesn't carry.
        ("StringEquals", "aws:SourceVpce", ["vpce-1"], False),
        ("StringEqualsIfExists", "aws:SourceVpce", ["vpce-1"], True),
        ("StringNotEquals", "aws:SourceVpce", ["vpce-1"], True),
        ("ForAllValues:StringEquals", "aws:RequestTag/a", ["b"], True),
        ("ForAnyValue:StringEquals", "aws:RequestTag/a", ["b"], False),
    ],
)
def test_operators(operator: str, key: str, expected: list[str], holds: bool) -> None:
    assert condition_holds(operator, key, expected, CONTEXT) is holds


def test_unknown_operator_is_no_silent_yes() -> None:
    with pytest.raises(NotImplementedError, match="StringResembles"):
        condition_holds("StringResembles", "aws:SourceIp", ["x"], CONTEXT)


def test_wildcards() -> None:
    assert like("arn:aws:s3:::b?cket/*", "arn:aws:s3:::bucket/folder/key")
    assert not like("arn:aws:s3:::b.cket", "arn:aws:s3:::bucket")


def test_policy_variables() -> None:
    assert with_variables("home/${aws:SourceAccount}/${unknown}", CONTEXT) == "home/123456789012/${unknown}"
