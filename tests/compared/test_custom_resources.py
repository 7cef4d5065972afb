"""The same templates and the same function in two implementations: the function is asked the same, in order."""

import contextlib
import difflib
import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from compared.differences import DIFFERENCES
from compared.emulators import Emulator, embedded, ministack
from compared.stories import STORIES, Template, thing

from locks.install import InstallationError


class Recorder:
    """Takes what a function is asked, in the order in which it tells."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                recorder.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def taken(self) -> list[dict[str, Any]]:
        """What came since this was called last."""
        taken, self.requests = self.requests, []
        return taken

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


Side = tuple[Emulator, Recorder]


@pytest.fixture(scope="module")
def sides() -> Iterator[tuple[Side, Side]]:
    with contextlib.ExitStack() as running:
        recorders = Recorder(), Recorder()
        for recorder in recorders:
            running.callback(recorder.close)
        try:
            theirs = running.enter_context(ministack(recorders[1].url))
        except InstallationError as error:
            pytest.skip(f"MiniStack can't be installed: {error}")
        ours = running.enter_context(embedded(recorders[0].url))
        yield (ours, recorders[0]), (theirs, recorders[1])


@pytest.mark.parametrize("story", STORIES)
def test_the_function_is_asked_the_same(sides: tuple[Side, Side], story: str) -> None:
    ours, theirs = (told(side, story) for side in sides)
    lines = [line for line in difflib.ndiff(ours, theirs) if line[0] in "+-"]
    known = DIFFERENCES.get(story)
    assert lines == list(known.lines if known else ()), "\n".join(difflib.ndiff(ours, theirs))


def test_requests_have_the_same_fields(sides: tuple[Side, Side]) -> None:
    fields = []
    for emulator, recorder in sides:
        for operation, resources in (("create", {"A": thing(N=1)}), ("update", {"A": thing(N=2)}), ("delete", None)):
            emulator.run(operation, "fields", resources and {"Resources": resources})
        fields.append([set(request) for request in recorder.taken()])
    ours, theirs = fields
    # AWS sends the token beside the properties, too, without saying so.
    assert [request - {"ServiceToken"} for request in ours] == theirs


def test_each_named_difference_belongs_to_a_story() -> None:
    assert DIFFERENCES.keys() <= STORIES.keys()


def told(side: Side, story: str) -> list[str]:
    """Run a story and delete its stack; return what the function was asked and how each operation ended."""
    emulator, recorder = side
    stack = "".join(character if character.isalnum() else "-" for character in story)
    lines = []
    for operation, resources in [*STORIES[story], ("delete", None)]:
        template = None if resources is None else {"Resources": stored(emulator, stack, resources)}
        status = emulator.run(operation, stack, template)
        lines += [*map(line, recorder.taken()), f"{operation}: {status}"]
    return lines


def stored(emulator: Emulator, name: str, resources: Template) -> Template:
    """Return resources with the templates of nested stacks put where CloudFormation reads them."""

    def ready(logical_id: str, resource: dict[str, Any]) -> dict[str, Any]:
        properties = resource["Properties"]
        if "TemplateURL" not in properties:
            return resource
        template = {"Resources": properties["TemplateURL"]}
        key = f"{name}-{logical_id}-{zlib.crc32(json.dumps(template).encode())}"
        return resource | {"Properties": {"TemplateURL": emulator.template_url(key, template)}}

    return {logical_id: ready(logical_id, resource) for logical_id, resource in resources.items()}


def line(request: dict[str, Any]) -> str:
    """Return a request as a line: what, which resource, which physical id, the properties and the old ones."""
    parts = [request["RequestType"], request["LogicalResourceId"], request.get("PhysicalResourceId", "-")]
    for name in ("ResourceProperties", "OldResourceProperties"):
        given = request.get(name)
        if given is not None:
            parts.append(json.dumps({key: given[key] for key in sorted(given) if key != "ServiceToken"}))
    return " ".join(parts)
