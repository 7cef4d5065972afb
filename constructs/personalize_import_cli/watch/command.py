"""``personalize-import watch``."""

from __future__ import annotations

import datetime
import time

import click
from rich.console import Console

from personalize_import_cli.aws import Account
from personalize_import_cli.watch.change_lines import ChangeLines
from personalize_import_cli.watch.dataset_watch import DatasetWatch
from personalize_import_cli.watch.follow import Screen, follow
from personalize_import_cli.watch.live_table import LiveTable
from personalize_import_cli.watch.stack_watch import StackWatch


class _SystemClock:
    """The time, unless the caller of the command gives another clock as click's `obj`."""

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@click.command()
@click.argument("stack", required=False)
@click.option("--dataset", metavar="ARN", help="Watch the jobs of this dataset instead of a stack's.")
@click.option("--every", type=click.FloatRange(min=1), default=5, show_default=True, help="Seconds between two looks.")
@click.option("--profile", help="Profile in the AWS configuration.")
@click.option("--region", help="AWS region.")
@click.pass_context
def watch(
    context: click.Context,
    stack: str | None,
    dataset: str | None,
    every: float,
    profile: str | None,
    region: str | None,
) -> None:
    """Show the imports of STACK (name or ARN), or of a dataset, until they have ended.

    For each import: its job, its status and since when, how long earlier ones took and so when the end is expected,
    what it waits for, why it failed. On a terminal a table that changes in place, elsewhere one line for each change.

    It only reads. Exit code: 0 if all imports are ACTIVE, 1 if one failed, 2 if there is nothing of that name.
    """
    if (stack is None) == (dataset is None):
        raise click.UsageError("Give a STACK or --dataset ARN, and not both.")
    account = Account(profile, region)
    personalize = account.client("personalize")
    watched = (
        DatasetWatch(personalize, dataset)
        if dataset is not None
        else StackWatch(account.client("cloudformation"), personalize, stack or "")
    )
    console = Console()
    screen: Screen = LiveTable(console) if console.is_terminal else ChangeLines(click.echo)
    try:
        view = follow(watched.look, screen, context.obj or _SystemClock(), every)
    except KeyboardInterrupt:
        context.exit(130)
    context.exit(view.exit_code)
