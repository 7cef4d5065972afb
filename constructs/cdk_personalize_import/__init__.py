"""Imports data into Amazon Personalize on ``cdk deploy``, and goes on when it is there."""

from cdk_personalize_import._data.data_source import DataSource
from cdk_personalize_import._dataset_import_job import DatasetImportJob
from cdk_personalize_import._function.import_function import ImportFunction
from cdk_personalize_import._import_mode import ImportMode
from cdk_personalize_import._job_reference import IDatasetImportJob

__all__ = ["DataSource", "DatasetImportJob", "IDatasetImportJob", "ImportFunction", "ImportMode"]
