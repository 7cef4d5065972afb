"""The HTTPS address to which functions PUT the outcome of a custom-resource request.

On AWS that is a pre-signed S3 URL. Here it is a server on the loopback interface, whose certificate comes from a
throw-away authority, with URLs of the same make.
See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html.
"""

import logging
import secrets
import ssl
import sys
import threading
import traceback
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from werkzeug import Request, Response
from werkzeug.serving import make_server

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
        take = Request.application(self._take)
        # No line for each request: the URL is a secret.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = make_server("127.0.0.1", 0, take, threaded=True)
        self._server.handle_error = _say_nothing_of_broken_connections  # type: ignore[assignment,method-assign]
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

    def _take(self, request: Request) -> Response:
        path = "/" + urllib.parse.quote(request.path[1:], safe="")
        signature, expires, reply = self._replies.get(path, ("", 0.0, Reply()))
        if not signature or request.args.get("X-Amz-Signature") != signature or self._clock.time() > expires:
            return Response(status=403)
        with self._lock:
            if not reply.arrived.is_set():
                reply.body = request.get_data()
                reply.arrived.set()
        return Response()


def _say_nothing_of_broken_connections(*_: object) -> None:
    """Their functions were killed, or don't trust the certificate."""
    if not isinstance(sys.exception(), OSError):
        traceback.print_exc()
