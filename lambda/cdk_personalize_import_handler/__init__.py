"""The function behind ``Custom::PersonalizeDatasetImportJob``.

CloudFormation sends a request, the function starts a dataset import job or finds the one it started before, and an
EventBridge schedule repeats the request as a poll until the job has ended. `custom_resource` follows
a request until it is answered, `dataset_import` decides what to do about it, and `function` joins them.
"""

import gc
import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # All that is loaded from here to the end of `function` stays: looking for garbage in it is a tenth of a cold start.
    gc.disable()
