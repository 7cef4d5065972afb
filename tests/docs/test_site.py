"""The documentation site, built strictly and opened in a real browser at the widths of a phone and of a desk."""

import functools
import http.server
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from synthesis import ROOT

pytest.importorskip("zensical", reason="the site's generator isn't installed: make site")

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--window-size=1400,1000",
    # Without it, a headless browser that has nothing to print may end at once.
    "--remote-debugging-port=0",
]
# A headless browser can hang as it starts: one that is silent for so long, in seconds, is started anew.
PATIENCE = 120
ATTEMPTS = 3


class Links(HTMLParser):
    """What a page links to, and the places in it that can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = {""}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        target = given.get("href") if tag in ("a", "link") else given.get("src")
        if target is not None:
            self.targets.add(target)


@pytest.fixture(scope="module")
def site() -> Path:
    """Build the site as ``make site`` does."""
    assets = ROOT / "docs" / "pages" / "assets"
    shutil.copy(ROOT / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js", assets)
    command = [str(Path(sys.executable).parent / "zensical"), "build", "--clean", "--strict"]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return ROOT / "build" / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Links]:
    found = {}
    for path in sorted(site.rglob("*.html")):
        links = Links()
        links.feed(path.read_text(encoding="utf-8"))
        found[path.relative_to(site).as_posix()] = links
    return found


class Site(http.server.ThreadingHTTPServer):
    """Serves the site, and takes what the browser reports of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(Exchange, directory=str(folder)))
        self.reports: queue.SimpleQueue[list[dict[str, Any]]] = queue.SimpleQueue()


class Exchange(http.server.SimpleHTTPRequestHandler):
    """Answers with a file, or takes a report."""

    server: Site

    def do_POST(self) -> None:
        self.server.reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the class that this one extends
        pass


@pytest.fixture(scope="module")
def served(site: Path, pages: dict[str, Links], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the site, with a page of ours that opens all others."""
    folder = tmp_path_factory.mktemp("served") / "site"
    shutil.copytree(site, folder)
    (folder / "pages.json").write_text(json.dumps([f"/{name}" for name in pages if name != "404.html"]))
    script = Path(__file__).with_name("site.js").read_text(encoding="utf-8")
    (folder / "look.html").write_text(f"<!doctype html><body></body><script>{script}</script>", encoding="utf-8")
    with Site(folder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def looks(served: Site, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the browser saw of each page at each width."""
    if BROWSER is None:
        pytest.skip("no browser here: apt-get install chromium")
    page = f"http://127.0.0.1:{served.server_port}/look.html"
    for _ in range(ATTEMPTS):
        command = [BROWSER, *OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}", page]
        silent = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=silent, stderr=silent, start_new_session=True) as browser:
            try:
                return served.reports.get(timeout=PATIENCE)
            except queue.Empty:
                continue
            finally:
                os.killpg(browser.pid, signal.SIGKILL)
    pytest.fail(f"the browser reported nothing, started {ATTEMPTS} times and given {PATIENCE} s each")


def test_no_link_is_broken(pages: dict[str, Links], site: Path) -> None:
    broken = []
    for name, links in pages.items():
        for target in links.targets:
            # 404.html is served under any address, so its links begin at the root.
            url = urlsplit(urljoin(f"http://site/{name}", target))
            if url.hostname != "site":
                continue
            path = unquote(url.path).lstrip("/")
            path = path + "index.html" if not path or path.endswith("/") else path
            if not (site / path).is_file() or (path in pages and unquote(url.fragment) not in pages[path].anchors):
                broken.append(f"{name}: {target}")
    assert broken == []


def test_every_page_is_in_the_navigation(pages: dict[str, Links]) -> None:
    config = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    assert [name for name in pages if name != "404.html" and f'"{name[:-5]}.md"' not in config] == []


def test_every_page_was_looked_at(looks: list[dict[str, Any]], pages: dict[str, Links]) -> None:
    assert len(looks) == 2 * (len(pages) - 1)
    assert all("cdk-personalize-import" in look["title"] for look in looks)


@pytest.mark.parametrize("fault", ["overflowing", "images", "strangers"])
def test_nothing_overflows_is_missing_or_comes_from_elsewhere(looks: list[dict[str, Any]], fault: str) -> None:
    assert [(look["path"], look["width"], look[fault]) for look in looks if look[fault]] == []


def test_every_diagram_is_drawn(looks: list[dict[str, Any]]) -> None:
    assert [look["path"] for look in looks if not look["diagrams"]] == []
