import json
import socket
import ssl
import sys
import tempfile
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.s3.models import S3Backend

from local_aws.clock import Clock
from local_aws.cloudformation.response_url import ResponseServer
from local_aws.personalize import PersonalizeBackend
from local_aws.server import LocalAws

ROOT = Path(__file__).resolve().parents[2]


def test_each_start_has_an_empty_account_and_a_folder_of_its_own() -> None:
    with LocalAws() as first:
        first.client("s3").create_bucket(Bucket="kept-by-nobody")
        directory = first.directory
        assert first.ca_bundle.parent == directory
    assert not directory.exists()
    with LocalAws() as second:
        assert second.client("s3").list_buckets()["Buckets"] == []


def replaced_in_moto() -> set[tuple[str, ...]]:
    """Every member of modules and classes of moto, and every item of its tables of URLs, that isn't moto's own."""
    found: dict[tuple[str, ...], Any] = {}
    for name in [name for name in sys.modules if name.split(".")[0] == "moto"]:
        for member, value in vars(sys.modules[name]).items():
            found[name, member] = value
            if isinstance(value, type) and value.__module__ == name:
                found |= {(name, member, key): item for key, item in vars(value).items()}
            if member == "url_paths":
                found |= {(name, member, key): item for key, item in value.items()}
    makers = {key: getattr(value, "__self__", getattr(value, "backend", value)) for key, value in found.items()}
    return {key for key, made in makers.items() if str(getattr(made, "__module__", "")).startswith("local_aws")}


def test_moto_is_given_back_whole() -> None:
    with LocalAws() as aws:
        aws.client("cloudformation").list_stacks()
        assert replaced_in_moto() >= {
            ("moto.awslambda.models", "LambdaFunction", "invoke"),
            ("moto.cloudformation.urls", "url_paths", "{0}/$"),
            ("moto.personalize.models", "personalize_backends"),
        }
    assert replaced_in_moto() == set()


def test_moto_is_given_back_whole_when_starting_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"), LocalAws(port=taken.getsockname()[1]):
            pass
    assert replaced_in_moto() == set()
    assert list(tmp_path.iterdir()) == []
    with LocalAws() as again:
        assert again.client("s3").list_buckets()["Buckets"] == []
        assert list(tmp_path.iterdir()) == [again.directory]


@pytest.fixture(scope="class")
def aws() -> Iterator[LocalAws]:
    with LocalAws() as running:
        yield running


class TestRunning:
    def test_boto3_uses_it_by_environment_alone(self, aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in aws.environment.items():
            monkeypatch.setenv(name, value)
        session = boto3.session.Session()
        assert session.client("sts").get_caller_identity()["Account"] == "123456789012"
        assert session.region_name == "us-east-1"
        assert aws.endpoint.startswith("http://localhost:")
        assert aws.client("s3") is aws.client("s3")

    def test_only_one_runs_in_a_process(self, aws: LocalAws) -> None:
        with pytest.raises(RuntimeError, match="already runs"), LocalAws():
            pass
        assert aws.client("s3").list_buckets()["Buckets"] == []

    def test_operations_that_nobody_implements_are_answered_without_a_retry(self, aws: LocalAws) -> None:
        with pytest.raises(Exception, match="has not been implemented") as caught:
            aws.client("cloudtrail").list_channels()
        response = getattr(caught.value, "response", {})
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
        assert response["ResponseMetadata"]["RetryAttempts"] == 0

    def test_an_error_of_its_own_is_told(self, aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("no <buckets>")

        monkeypatch.setattr(S3Backend, "list_buckets", fail)
        monkeypatch.setattr(PersonalizeBackend, "operation", fail)
        # AWS's SDKs try such a call again.
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        for service, call in {"s3": "list_buckets", "personalize": "list_schemas"}.items():
            client = boto3.Session("local", "local", region_name="us-east-1").client(service, endpoint_url=aws.endpoint)
            with pytest.raises(ClientError, match=r"InternalFailure.*RuntimeError\('no <buckets>'\)"):
                getattr(client, call)()

    def test_one_request_is_answered_at_a_time(self, aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
        # moto's back ends are made for one thread: in two, one changes what the other one goes through.
        own, within, most = S3Backend.list_buckets, [], []

        def list_buckets(backend: S3Backend, *given: Any, **more: Any) -> Any:
            within.append(1)
            threading.Event().wait(0.02)
            most.append(len(within))
            within.pop()
            return own(backend, *given, **more)

        monkeypatch.setattr(S3Backend, "list_buckets", list_buckets)
        s3 = aws.client("s3")
        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(s3.list_buckets) for _ in range(4)]:
                future.result()
        assert most == [1] * 4

    def test_a_request_that_waits_lets_others_in(self, aws: LocalAws) -> None:
        sqs = aws.client("sqs")
        url = sqs.create_queue(QueueName="later")["QueueUrl"]
        with ThreadPoolExecutor(1) as pool:
            received = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
            sqs.send_message(QueueUrl=url, MessageBody="here")
            assert [message["Body"] for message in received.result()["Messages"]] == ["here"]

    def test_a_slow_sender_keeps_nobody_waiting(self, aws: LocalAws) -> None:
        with socket.create_connection(("127.0.0.1", aws.port)) as slow:
            slow.sendall(b"PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
            assert aws.client("s3").list_buckets()
            slow.sendall(b"all of it")
            assert slow.recv(100).startswith(b"HTTP/1.1 404")

    def test_a_tls_only_bucket_policy_does_not_shut_the_account_out(self, aws: LocalAws) -> None:
        statement = (
            '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::tls/*",'
            ' "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}'
        )
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="tls")
        s3.put_bucket_policy(Bucket="tls", Policy=statement)
        s3.put_object(Bucket="tls", Key="key", Body=b"value")
        assert s3.get_object(Bucket="tls", Key="key")["Body"].read() == b"value"


def test_another_region_is_refused_by_name() -> None:
    calls = {"cloudformation": "list_stacks", "s3": "list_buckets", "sts": "get_caller_identity"}
    calls |= {"lambda": "list_functions", "personalize": "list_schemas"}
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    with LocalAws() as aws:
        for service, call in calls.items():
            client = boto3.client(service, region_name="us-west-2", endpoint_url=aws.endpoint, **keys)
            with pytest.raises(ClientError, match="The embedded AWS doesn't have the region us-west-2, only us-east-1"):
                getattr(client, call)()


def test_after_a_reset_of_moto_nothing_stays() -> None:
    with LocalAws(speed=600) as aws:
        client = aws.client("cloudformation")
        body = json.dumps({"Resources": {"Group": {"Type": "AWS::Scheduler::ScheduleGroup"}}})
        client.create_stack(StackName="old", TemplateBody=body)
        client.create_change_set(StackName="new", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body)
        with urllib.request.urlopen(urllib.request.Request(f"{aws.endpoint}/moto-api/reset", method="POST")) as answer:
            assert answer.status == 200
        assert client.describe_stacks()["Stacks"] == []
        assert [group["Name"] for group in aws.client("scheduler").list_schedule_groups()["ScheduleGroups"]] == [
            "default"
        ]
        policy = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        assert aws.client("iam").get_policy(PolicyArn=policy)
        client.create_stack(StackName="old", TemplateBody=body)


def test_a_connection_that_breaks_is_not_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    responses = ResponseServer(Clock(60), tmp_path / "ca.pem")
    url, reply = responses.expect("key")
    port = urllib.parse.urlsplit(url).port
    assert port is not None
    with socket.create_connection(("127.0.0.1", port)) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\n\r\n")
        silent.recv(100)
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    with urllib.request.urlopen(urllib.request.Request(url, b"{}", method="PUT"), context=context) as answer:
        assert answer.status == 200
    responses.close()
    assert reply.body == b"{}"
    assert "Traceback" not in capfd.readouterr().err
