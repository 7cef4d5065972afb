"""What defines an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdk_personalize_import_handler.custom_resource.names import digest
from cdk_personalize_import_handler.custom_resource.property_values import flag, text
from cdk_personalize_import_handler.dataset_import.job_name import SPEC_DIGITS


@dataclass(frozen=True)
class ImportSpec:
    """What defines an import: two requests with the same spec ask for the same data in the dataset."""

    dataset_arn: str
    data_location: str
    import_mode: str
    publish_attribution_metrics_to_s3: bool
    data_version: str
    adds_to: str = ""

    @classmethod
    def read(cls, properties: Mapping[str, Any]) -> ImportSpec:
        """Read the spec from a resource's properties."""
        return cls(
            dataset_arn=text(properties, "DatasetArn"),
            data_location=text(properties, "DataLocation"),
            import_mode=text(properties, "ImportMode") or "FULL",
            publish_attribution_metrics_to_s3=flag(properties, "PublishAttributionMetricsToS3", default=False),
            data_version=text(properties, "DataVersion"),
            adds_to=text(properties, "AddsTo"),
        )

    @property
    def hash(self) -> str:
        """The spec's part of a job name.

        A value that an import doesn't use must not change its hash, or an upgrade would import everything again. So
        every field that came later is in it only when it is set, under its name.
        """
        publish = "true" if self.publish_attribution_metrics_to_s3 else "false"
        parts = [self.dataset_arn, self.data_location, self.import_mode, publish, self.data_version]
        if self.adds_to:
            parts.append(f"AddsTo={self.adds_to}")
        return digest(*parts, digits=SPEC_DIGITS)
