"""A folder of the cloud assembly that holds the files of an asset."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct


def collect(scope: Construct, files: Mapping[str, Path]) -> str:
    """Copy files into a folder of the cloud assembly, for an asset, and return the folder's path.

    In the cloud assembly, and not in a temporary folder, they are still there when the CDK CLI runs with --no-staging.

    Args:
        scope: A construct of the app; each has one such folder.
        files: The files by their paths in the asset.
    """
    stage = cdk.Stage.of(scope)
    assert stage is not None
    root = Path(stage.asset_outdir, f"collected-{scope.node.addr}")
    shutil.rmtree(root, ignore_errors=True)
    for name, file in files.items():
        copy = root / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        # Whatever the umask: what is deployed is read by other users.
        copy.chmod(0o644)
    return str(root)
