"""The function behind ``Custom::PersonalizeDatasetImportJob``.

CloudFormation sends a request, the function starts a dataset import job or finds the one it started before, and an
EventBridge schedule repeats the request as a poll until the job has ended. `reconcile` decides, everything else carries
out: `function` wires the parts together, `polled_resource` is crhelper's resource with polling on a schedule.
"""

import gc
import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # All that is loaded from here to the end of `function` stays: looking for garbage in it is a tenth of a cold start.
    gc.disable()
