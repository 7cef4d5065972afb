"""The HTTPS address to which functions PUT the outcome of a custom-resource request.

On AWS that is a pre-signed S3 URL. Here it is a server on the loopback interface, whose certificate comes from a
throw-away authority, with URLs of the same make.
See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html.
"""

import secrets
import ssl
import sys
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import trustme

from local_aws.clock import Clock

_EXPIRES = 7200
"""AWS seconds that a response URL stays good, as CloudFormation's do."""


@dataclass
class Reply:
    """Where the outcome of one request arrives.

    Attributes:
        arrived: Set when the first body is there.
        body: That body.
    """

    arrived: threading.Event = field(default_factory=threading.Event)
    body: bytes = b""


class ResponseServer:
    """Takes the PUTs of custom resources.

    Args:
        clock: AWS time, which URLs carry and expire by.
        ca_bundle: Where the authority's certificate goes, for functions to trust.
    """

    def __init__(self, clock: Clock, ca_bundle: Path) -> None:
        self._clock = clock
        self._replies: dict[str, tuple[str, float, Reply]] = {}
        self._lock = threading.Lock()
        authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.cert_pem.write_to_path(str(ca_bundle))
        authority.issue_cert("localhost").configure_cert(context)
        handler = type("Handler", (_Handler,), {"take": staticmethod(self._take)})
        self._server = _Server(("127.0.0.1", 0), handler)
        # The handshake happens in the connection's own thread, so that a silent client can't hold up the others.
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        # A shorter interval than the default, half a second, so that it stops at once.
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="response-server", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def expect(self, key: str) -> tuple[str, Reply]:
        """Return a new URL, and where the first body PUT to it arrives.

        Args:
            key: The object key in the URL: stack, logical id and request id.
        """
        signature, reply = secrets.token_hex(32), Reply()
        path = "/" + urllib.parse.quote(key, safe="")
        with self._lock:
            self._replies[path] = (signature, self._clock.time() + _EXPIRES, reply)
        query = urllib.parse.urlencode(
            {
                "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
                "X-Amz-Date": f"{self._clock.now():%Y%m%dT%H%M%SZ}",
                "X-Amz-SignedHeaders": "host",
                "X-Amz-Expires": str(_EXPIRES - 1),
                "X-Amz-Credential": f"AKIALOCALAWS/{self._clock.now():%Y%m%d}/us-east-1/s3/aws4_request",
                "X-Amz-Signature": signature,
            }
        )
        return f"https://localhost:{self._server.server_address[1]}{path}?{query}", reply

    def _take(self, target: str, body: bytes) -> int:
        path, _, query = target.partition("?")
        signature, expires, reply = self._replies.get(path, ("", 0.0, Reply()))
        given = urllib.parse.parse_qs(query).get("X-Amz-Signature", [""])[0]
        if not signature or given != signature or self._clock.time() > expires:
            return 403
        with self._lock:
            if not reply.arrived.is_set():
                reply.body = body
                reply.arrived.set()
        return 200


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that breaks: its function was killed, or doesn't trust the certificate."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    take: ClassVar[object]

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        take = self.take
        assert callable(take)
        self.send_response(take(self.path, body))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: the URL is a secret."""
