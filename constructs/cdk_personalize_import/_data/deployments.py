"""What is wrong with the deployments of files into the place of an import's data, judged by the template."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from cdk_personalize_import._data.bucket_data import BucketData
from cdk_personalize_import._data.deployed_bucket import DEPLOYMENT
from cdk_personalize_import._template.last_look import FinalResources

_MOST_NAMED = 3


def about_deployments(link: cdk.CfnResource, data: BucketData, resources: FinalResources) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with each deployment, after the name of the warning.

    Args:
        link: The resource that starts the import.
        data: The data.
        resources: The resources of the stack.
    """
    deployments = {name: found for name, found in resources.all.items() if found["Type"] == DEPLOYMENT}
    if not deployments:
        return
    stack = cdk.Stack.of(link)
    bucket = stack.resolve(data.bucket.bucket_name)
    needed = _needed(stack.get_logical_id(link), resources.all)
    for logical_id, found in deployments.items():
        properties = found.get("Properties", {})
        if properties.get("DestinationBucketName") != bucket:
            continue
        prefix = properties.get("DestinationBucketKeyPrefix", "")
        meets = not isinstance(prefix, str) or prefix.startswith(data.key) or data.key.startswith(prefix)
        if meets and logical_id not in needed:
            yield (
                "deployment",
                f"a BucketDeployment ({logical_id}) puts files where the data is, and the import doesn't wait for it; "
                "add job.node.add_dependency(deployment)",
            )
        hidden = sorted(_hidden(stack, properties, data.key)) if isinstance(prefix, str) else []
        if hidden:
            yield (
                "hiddenFiles",
                f"a BucketDeployment ({logical_id}) puts {', '.join(hidden[:_MOST_NAMED])} into the data's folder, "
                f"where Personalize takes every file for data; leave out such files, by "
                f'Source.asset(..., exclude=["**/.*"])',
            )


def _hidden(stack: cdk.Stack, properties: Mapping[str, Any], folder: str) -> Iterator[str]:
    """Yield the files of a deployment that end up in a folder under names that begin with a dot."""
    prefix = properties.get("DestinationBucketKeyPrefix", "").strip("/")
    excluded = properties.get("Exclude", [])
    if not folder.endswith("/") or properties.get("Extract") is False:
        return
    for file in (file for key in properties.get("SourceObjectKeys", []) for file in _files(stack, key)):
        key = f"{prefix}/{file}".lstrip("/")
        shown = file.rpartition("/")[2]
        if shown.startswith(".") and key.startswith(folder) and not any(fnmatchcase(file, each) for each in excluded):
            yield shown


def _files(stack: cdk.Stack, key: Any) -> list[str]:
    """Return the files of an asset, as far as it lies in the cloud assembly."""
    stage = cdk.Stage.of(stack)
    if stage is None or not isinstance(key, str):
        return []
    archive = Path(stage.asset_outdir, f"asset.{key}")
    folder = archive.with_suffix("")
    if folder.is_dir():
        return [file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()]
    if not zipfile.is_zipfile(archive):
        return []
    with zipfile.ZipFile(archive) as content:
        return content.namelist()


def _needed(logical_id: str, resources: Mapping[str, Any]) -> set[str]:
    """Return the resources that have to be there before one, directly or not."""
    needed: set[str] = set()
    todo = [logical_id]
    while todo:
        for name in _references(resources.get(todo.pop(), {})):
            if name in resources and name not in needed:
                needed.add(name)
                todo.append(name)
    return needed


def _references(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            depends_on = value.get("DependsOn", [])
            yield from [depends_on] if isinstance(depends_on, str) else depends_on
            for item in value.values():
                yield from _references(item)
        case list():
            for item in value:
                yield from _references(item)
