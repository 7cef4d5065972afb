"""All imports of an app, or of a stage of it: warnings where one would undo what another one did."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_personalize as personalize
from constructs import Construct, IValidation

from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._import_mode import ImportMode


@jsii.implements(IValidation)
class ImportsOfStage:
    """The imports, looked at together at the end of synthesis.

    See https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html

    Args:
        stage: The app or stage.
    """

    @classmethod
    def of(cls, stack: cdk.Stack) -> ImportsOfStage:
        """Return the imports of the stage that a stack is in."""
        known = _of_stack.get(stack)
        if known is None:
            stage = cdk.Stage.of(stack)
            assert stage is not None
            known = _of_stack[stack] = _of_stage.get(stage) or cls(stage)
        return known

    def __init__(self, stage: cdk.Stage) -> None:
        self._imports: dict[object, list[tuple[Construct, MadeImport]]] = {}
        _of_stage[stage] = self
        stage.node.add_validation(self)

    def add(self, job: Construct, made: MadeImport) -> None:
        """Add an import."""
        self._imports.setdefault(made.dataset.key, []).append((job, made))

    def validate(self) -> list[str]:
        """Warn; none of it is an error, since data may be there that the app knows nothing of."""
        for imports in self._imports.values():
            full = [job for job, made in imports if made.import_mode == ImportMode.FULL]
            for job in full[1:]:
                _warn(
                    job,
                    "overwritten",
                    f"{full[0].node.path} is a FULL import into the same dataset, and each of the two replaces the "
                    "other's data; import both files from one folder, or make this one INCREMENTAL with adds_to=",
                )
            for job, made in imports:
                if made.import_mode == ImportMode.INCREMENTAL and made.adds_to is None:
                    _warn_of_missing_full(job, made, full)
        return []


def _warn_of_missing_full(job: Construct, made: MadeImport, full: list[Construct]) -> None:
    if full:
        _warn(
            job,
            "addsTo",
            f"{full[0].node.path} is a FULL import into the same dataset; whenever that one imports again, the records "
            "of this one are gone; pass it as adds_to=, and this one imports again after it (in the same stack)",
        )
    elif isinstance(made.dataset.made, personalize.CfnDataset) and made.dataset.made.dataset_import_job is None:
        _warn(
            job,
            "nothingToAddTo",
            "an INCREMENTAL import fails unless a FULL one succeeded before, and the app makes the dataset without one",
        )


def _warn(job: Construct, what: str, text: str) -> None:
    cdk.Annotations.of(job).add_warning_v2(f"cdk-personalize-import:{what}", text)


_of_stack: WeakKeyDictionary[cdk.Stack, ImportsOfStage] = WeakKeyDictionary()
_of_stage: WeakKeyDictionary[cdk.Stage, ImportsOfStage] = WeakKeyDictionary()
