"""Installs lock files with uv: ``python locks/install.py dev lambda-newest``.

What can't live beside the development dependencies has a lock file and an environment of its own: `install_apart`.

uv itself is installed by pip from a lock file of its own, by hash. It doesn't read pip's configuration, so the package
index, the folders of wheels, the proxy and the certificates that pip goes by are handed on to it.
https://docs.astral.sh/uv/pip/compatibility/#configuration-files-and-environment-variables
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import venv
from pathlib import Path

LOCKS = Path(__file__).resolve().parent
ROOT = LOCKS.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
# Each has an environment of its own, .venv/<name>.
APART = ("bench", "lambda-oldest", "lambda-newest", "ministack")
# pip's option, uv's variable, what separates several values there.
OPTIONS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}


def main(names: list[str]) -> None:
    """Install the lock files of these names, and the project itself."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python, which make may find, gets a sentence
        sys.exit("Python 3.11 or newer is needed; name it with make PYTHON=...")
    if not (BIN / "python").exists():
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
    run(BIN / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", LOCKS / "uv.txt")
    uv = uv_environment(pip_configuration())
    for name in names:
        if name in APART:
            install_apart(name, VENV / name)
            continue
        lock = LOCKS / f"{name}.txt"
        run(BIN / "uv", "pip", "install", "--quiet", "--require-hashes", "--requirement", lock, env=uv)
    run(BIN / "uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT, env=uv)


class InstallationError(Exception):
    """A lock file couldn't be installed."""


def install_apart(name: str, folder: Path) -> Path:
    """Install a lock file into a virtual environment of its own, unless it is there already.

    Args:
        name: The lock file's name.
        folder: The virtual environment.

    Returns:
        Its Python.

    Raises:
        InstallationError: With what uv says.
    """
    lock, python = LOCKS / f"{name}.txt", folder / BIN.name / "python"
    installed = folder / "installed.txt"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return python
    environment = uv_environment(pip_configuration())
    for command in (
        ["venv", "--clear", "--python", sys.executable, str(folder)],
        ["pip", "install", "--python", str(python), "--require-hashes", "--requirement", str(lock)],
    ):
        ran = subprocess.run([str(BIN / "uv"), *command], check=False, env=environment, capture_output=True, text=True)
        if ran.returncode:
            raise InstallationError(ran.stderr.strip())
    installed.write_bytes(lock.read_bytes())
    return python


def pip_configuration() -> str:
    """Return what pip goes by, as its own command prints it: a line for each option of each file and variable."""
    command = [str(BIN / "python"), "-m", "pip", "config", "list"]
    output: str = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return output


def uv_environment(configuration: str) -> dict[str, str]:
    """Return the environment with which uv reaches what pip reaches. Variables of uv that are set already stay.

    Args:
        configuration: What ``pip config list`` prints. Later lines win over earlier ones, as in pip.
    """
    options = {}
    for line in configuration.splitlines():
        key, _, value = line.partition("=")
        options[key.rpartition(".")[2]] = str(ast.literal_eval(value))
    handed_on = {
        variable: separator.join(options[option].split())
        for option, (variable, separator) in OPTIONS.items()
        if options.get(option)
    }
    # As pip does, take a version from whichever index has it: the hashes decide what is accepted.
    defaults = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    return {**handed_on, **defaults, **os.environ, "VIRTUAL_ENV": str(VENV)}


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command; leave with its exit code if it fails."""
    code = subprocess.run([str(part) for part in command], check=False, env=env).returncode
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
