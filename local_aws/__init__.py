"""An embedded AWS: moto's server, extended where moto stops, for deploying CDK apps without an account.

Run it as ``python -m local_aws`` or ``python -m local_aws.deploy``, or use `local_aws.server.LocalAws` in tests.

- ``server``: the AWS as one object; ``clock`` and ``timers``: AWS time, and what happens by itself in it.
- ``call_log``: every call of a role is recorded, and those of functions are checked, with ``iam_action`` (what a call
  needs), ``iam_policy`` and ``iam_condition`` (what policies allow) and ``access_denied`` (how services refuse).
- ``request_check``: requests against the services' own models.
- ``cloudformation/``: the engine for stacks; ``resources/`` in it has a file for each service's resource types.
- ``personalize/``: datasets, and import jobs that really read and check their files.
- ``scheduler/``: schedules that fire.
- ``lambda_api``, ``functions``, ``execution_environments``: Lambda, each environment being a process
  (``execution_environment`` here, ``function_clock`` and ``function_process`` inside of it).
"""
