"""The commands of ``personalize-import``."""

from __future__ import annotations

import click

from personalize_import_cli.check.command import check
from personalize_import_cli.watch.command import watch


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cdk-personalize-import")
def commands() -> None:
    """Training data and imports of Amazon Personalize: check files, watch imports."""


commands.add_command(check)
commands.add_command(watch)
