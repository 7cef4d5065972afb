"""An embedded AWS: moto's server, extended where moto stops, for deploying CDK apps without an account.

Run it as ``python -m local_aws`` or ``python -m local_aws.deploy``, or use `local_aws.server.LocalAws` in tests.
"""
