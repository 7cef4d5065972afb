"""The function behind ``Custom::PersonalizeDatasetImportJob``.

CloudFormation sends a request, the function starts a dataset import job or finds the one it started before, and an
EventBridge schedule repeats the request as a poll until the job has ended. `reconcile` decides, everything else carries
out: `function` wires the parts together, `polled_resource` is crhelper's resource with polling on a schedule.
"""
