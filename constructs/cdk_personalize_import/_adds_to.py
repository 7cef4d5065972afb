"""The import that an INCREMENTAL one adds to."""

from __future__ import annotations

from cdk_personalize_import._checks import Checks
from cdk_personalize_import._dataset import KnownDataset
from cdk_personalize_import._fresh_data.fresh_data import FreshData
from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._import_mode import ImportMode
from cdk_personalize_import._job_reference import DatasetImportJobBase


def checked_adds_to(
    checks: Checks, adds_to: object, import_mode: ImportMode, dataset: KnownDataset
) -> MadeImport | None:
    """Return the import to add to, None where none is given.

    Raises:
        TypeError: It is no import.
        ValueError: It is none that this one can add to.
    """
    if adds_to is None:
        return None
    job = checks.member("adds_to", adds_to, DatasetImportJobBase)
    if not isinstance(job, FreshData):
        allowed = "an import of this stack, since one that is made elsewhere doesn't tell when it imports again"
        checks.refuse("adds_to", allowed, job.node.path)
    if import_mode != ImportMode.INCREMENTAL:
        checks.refuse(
            "import_mode", "INCREMENTAL with adds_to, since a FULL import replaces all data", import_mode.name
        )
    made = job._made
    if made.provider.permissions.stack != checks.stack:
        checks.refuse("adds_to", "an import of the same stack", job.node.path)
    if made.dataset.key != dataset.key:
        checks.refuse("adds_to", "an import into the same dataset", job.node.path)
    if made.import_mode != ImportMode.FULL and made.adds_to is None:
        checks.refuse("adds_to", "a FULL import, or an INCREMENTAL one that itself adds to one", job.node.path)
    return made
