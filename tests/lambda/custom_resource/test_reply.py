"""The reply: within CloudFormation's limit for any text, and delivered or known not to be."""

import http.server
import json
import socket
import ssl
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize_import_handler.custom_resource.reply import MAX_BODY, deliver, put_over_https, reply_body

URL = "https://example.com/reply?X-Amz-Signature=secret"
FIELDS = {
    "Status": "FAILED",
    "PhysicalResourceId": "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/" + "n" * 63,
    "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/" + "s" * 128 + "/" + "0" * 36,
    "RequestId": "0" * 36,
    "LogicalResourceId": "L" * 255,
    "NoEcho": False,
    "Data": {},
}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@given(st.text(max_size=200) | st.text(min_size=1, max_size=20).map(lambda text: text * 1000))
def test_any_reason_fits_and_the_details_stay(reason: str) -> None:
    body = reply_body(FIELDS, reason, " (job x, log stream y)")
    assert len(body) <= MAX_BODY
    text = json.loads(body)["Reason"]
    assert text.endswith(" (job x, log stream y)")
    assert reason.startswith(text.removesuffix(" (job x, log stream y)").removesuffix(" [...]"))


@pytest.mark.parametrize("character", ["a", "é", "語", "😀", "\udc80", '"', "\x00"])
def test_a_reason_that_is_too_long_keeps_its_head(character: str) -> None:
    body = reply_body(FIELDS, "missing column ITEM_ID " + character * 5000, "")
    assert MAX_BODY - 20 <= len(body) <= MAX_BODY
    assert json.loads(body)["Reason"].startswith("missing column ITEM_ID")


def test_a_short_reason_is_whole() -> None:
    assert json.loads(reply_body(FIELDS, "no access", " (log stream y)"))["Reason"] == "no access (log stream y)"


@pytest.mark.parametrize(
    "answers",
    [[200], [503, 200], [OSError("reset"), 500, 200], [TypeError("no function"), 200], [403, 403, 403, 403, 204]],
)
def test_a_reply_is_sent_until_it_is_accepted(answers: list[int | Exception]) -> None:
    def put(url: str, body: bytes) -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert deliver(put, URL, b"{}", Clock())
    assert not answers


@pytest.mark.parametrize("answer", [403, 503, OSError(URL), ValueError(URL)])
def test_a_reply_that_is_refused_throughout_is_not_called_delivered(
    answer: int | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def put(url: str, body: bytes) -> int:
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = Clock()
    assert not deliver(put, URL, b"{}", clock)
    assert clock.now < 30
    assert "secret" not in caplog.text


def test_over_https_it_is_a_put_with_an_empty_content_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path, self.headers.get("Content-Type"), body))
            self.send_response(200 if len(received) > 1 else 503)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    certificate = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"https://localhost:{server.server_port}/reply?X-Amz-Signature=a%2Fb"
        assert deliver(put_over_https, url, b'{"Status": "SUCCESS"}', Clock())
    finally:
        server.shutdown()
        server.server_close()
    assert received == [("/reply?X-Amz-Signature=a%2Fb", "", b'{"Status": "SUCCESS"}')] * 2


def test_a_connection_that_fails_is_an_error_without_the_signed_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(OSError, match=r"^NewConnectionError$"):
        put_over_https(f"https://127.0.0.1:{port}/reply?X-Amz-Signature=secret", b"{}")


def _certificate(folder: Path) -> Path:
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
