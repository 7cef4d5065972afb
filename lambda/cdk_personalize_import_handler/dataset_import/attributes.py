"""What ``Fn::GetAtt`` returns of the resource."""

from __future__ import annotations

import datetime

from cdk_personalize_import_handler.dataset_import.jobs import Job


def attributes(job: Job) -> dict[str, str]:
    """Return the attributes of a resource whose import is this job's."""
    return {
        "DatasetImportJobArn": job.arn,
        "JobName": job.arn.rpartition("/")[2],
        "Status": job.status,
        "CreationDateTime": _iso(job.created),
        "LastUpdatedDateTime": _iso(job.updated),
    }


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat() if moment else ""
