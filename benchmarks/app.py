"""Synthesises a stack with a bucket and some imports: ``python -m benchmarks.app <peer> <imports> <outdir>``."""

from __future__ import annotations

import importlib
import sys

import aws_cdk as cdk

from benchmarks.peers.data import bucket_of
from benchmarks.templates import EMPTY, STACK


def main(peer: str, imports: int, outdir: str) -> None:
    """Synthesise the stack.

    Args:
        peer: The module of `benchmarks.peers` that adds the imports; `EMPTY` for none.
        imports: How many.
        outdir: Where the cloud assembly goes.
    """
    app = cdk.App(outdir=outdir, analytics_reporting=False)
    stack = cdk.Stack(app, STACK, env=cdk.Environment(account="111122223333", region="us-east-1"))
    bucket_of(stack)
    if peer != EMPTY:
        add_import = importlib.import_module(f"benchmarks.peers.{peer}").add_import
        for index in range(imports):
            add_import(stack, index)
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
