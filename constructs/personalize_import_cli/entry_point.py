"""Where ``personalize-import`` begins: says in one sentence when the extra that it needs isn't installed."""

from __future__ import annotations

import sys

_NEEDED = ("boto3", "click", "rich")


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        from personalize_import_cli.commands import commands

        commands(prog_name="personalize-import")
    except ModuleNotFoundError as missing:
        package, *_ = (missing.name or "").split(".")
        if package not in _NEEDED:
            raise
        how = "pip install 'cdk-personalize-import[cli]'"
        sys.stderr.write(f"personalize-import needs {package}, which isn't installed: {how}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
