"""Synthesises a stack with a bucket and some imports.

``python -m benchmarks.app <peer> <imports> <outdir> [datasets]``
"""

from __future__ import annotations

import importlib
import sys

import aws_cdk as cdk

from benchmarks.peers import data
from benchmarks.templates import DATASETS, EMPTY, STACK


def main(peer: str, imports: int, outdir: str, *, datasets: bool) -> None:
    """Synthesise the stack.

    Args:
        peer: The module of `benchmarks.peers` that adds the imports; `EMPTY` for none.
        imports: How many.
        outdir: Where the cloud assembly goes.
        datasets: Whether the stack makes the datasets as well.
    """
    # None of the peers acknowledges findings of cdk-nag, so all of them run as where it isn't installed.
    sys.modules["cdk_nag"] = None  # type: ignore[assignment]
    # CloudFormation takes 500 resources: a hundred of Provider's imports with their datasets are more.
    context = {"@aws-cdk/core:stackResourceLimit": 0}
    app = cdk.App(outdir=outdir, analytics_reporting=False, context=context)
    stack = cdk.Stack(app, STACK, env=cdk.Environment(account="111122223333", region="us-east-1"))
    data.bucket_of(stack)
    arns = [data.dataset(stack, index) if datasets else data.dataset_arn(index) for index in range(imports)]
    if peer != EMPTY:
        add_import = importlib.import_module(f"benchmarks.peers.{peer}").add_import
        for index, arn in enumerate(arns):
            add_import(stack, index, arn)
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], datasets=DATASETS in sys.argv[4:])
