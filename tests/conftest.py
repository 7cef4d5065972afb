"""Random data of hypothesis: the same in every run but that of `make soak`, and not judged by this machine's speed.

No verdicts are kept.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("repeatable", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "afresh", deadline=None, max_examples=1000, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("repeatable")

# No test finds what another one, or the user, has kept; the tests of keeping switch it on in a folder of their own.
os.environ["CDK_PERSONALIZE_IMPORT_NO_CACHE"] = "1"
