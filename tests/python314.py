"""Runs the function's tests with Python 3.14, the version that Lambda runs it with: ``python -m tests.python314``.

Where there is no ``python3.14``, one is built if that is possible: as root on Debian, from the packages of a suite that
has it, in a folder of its own. It runs in a change of root, in a mount namespace that ends with it.
https://manpages.debian.org/bookworm/debootstrap/debootstrap.8.en.html
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from locks.install import BIN, LOCKS, ROOT, pip_configuration, uv_environment

PYTHON = "python3.14"
# Debian's names for what becomes the next release, and for what becomes that.
SUITES = ("testing", "unstable")
BUILD = ROOT / "build" / PYTHON
# Not those that synthesise: the function alone runs on Lambda.
TESTS = ("tests/lambda", "tests/personalize_csv")


def main(arguments: list[str]) -> int:
    """Run the tests and return pytest's exit code; leave with a sentence where there can be no Python 3.14."""
    packages = BUILD / "packages"
    _install(packages)
    python = shutil.which(PYTHON)
    root = None if python else _root(BUILD / "root")
    command = [python or PYTHON, "-m", "pytest", "-p", "no:cacheprovider", *arguments, *TESTS]
    environment = {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONSAFEPATH": "1"}
    if root is None:
        return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode
    return _run_in(root, command, environment | {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})


def _install(packages: Path) -> None:
    """Install the development dependencies for Python 3.14 into a folder."""
    shutil.rmtree(packages, ignore_errors=True)
    command = [str(BIN / "uv"), "pip", "install", "--quiet", "--target", str(packages), "--python-version", "3.14"]
    requirement = ["--require-hashes", "--requirement", str(LOCKS / "dev.txt")]
    subprocess.run([*command, *requirement], env=uv_environment(pip_configuration()), check=True)


def _root(root: Path) -> Path:
    """Return a folder with a Debian that has Python 3.14, building it unless an earlier run has done so."""
    built = root / "usr" / "bin" / PYTHON
    if built.exists():
        return root
    if os.geteuid() or not Path("/etc/debian_version").exists():
        sys.exit(f"there is no {PYTHON} here, and one can only be built as root on Debian: install it")
    if not shutil.which("debootstrap"):
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "debootstrap"], check=True)
    options = ["--variant=minbase", f"--include={PYTHON},ca-certificates"]
    for suite in SUITES:
        shutil.rmtree(root, ignore_errors=True)
        # The last argument is how to build it: suites that are newer than debootstrap are built like unstable.
        if not subprocess.run(["debootstrap", *options, suite, root, _mirror(), "sid"], check=False).returncode:
            return root
    sys.exit(f"debootstrap found no {PYTHON} in {' or '.join(SUITES)}")


def _mirror() -> str:
    """Return where this machine's own packages come from."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    listed = ["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)"]
    lines = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.splitlines()
    return next(line.removeprefix(f"{release} ") for line in lines if line.startswith(f"{release} "))


def _run_in(root: Path, command: list[str], environment: dict[str, str]) -> int:
    """Run a command with another root, in which this repository lies in the same place."""
    place = root / ROOT.relative_to("/")
    place.mkdir(parents=True, exist_ok=True)
    script = f'mount --bind "{ROOT}" "{place}" && mount -t proc proc "{root}/proc" && cd "{place}" && exec "$@"'
    variables = [f"{name}={value}" for name, value in environment.items()]
    inside = ["chroot", str(root), "/usr/bin/env", "-i", "--chdir", str(ROOT), *variables, *command]
    return subprocess.run(["unshare", "--mount", "/bin/sh", "-c", script, "sh", *inside], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
