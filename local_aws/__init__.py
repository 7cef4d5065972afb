"""An embedded AWS: moto's server, extended where moto stops, for deploying CDK apps without an account.

Run it as ``python -m local_aws`` or ``python -m local_aws.deploy``, or use `local_aws.server.LocalAws` in tests.

- ``server``: the AWS as one object; ``account``: what its services may see of it. Services never import the server.
- ``clock`` and ``timers``: AWS time, and what happens by itself in it. ``request_check``: requests against the
  services' own models.
- ``cloudformation/``: the engine for stacks; ``resources/`` in it has a file for each service's resource types.
- ``personalize/``: datasets, and import jobs that really read and check their files.
- ``scheduler/``: schedules that fire. ``functions/``: Lambda. ``permissions/``: IAM.
"""
