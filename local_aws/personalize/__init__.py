"""Amazon Personalize: what moto lacks of it, up to and including dataset import jobs that really read their data.

No model is trained and nothing is recommended.
"""

import moto.personalize
import moto.personalize.models

from local_aws.account import Account
from local_aws.personalize.models import PersonalizeBackend, personalize_backends

__all__ = ["PersonalizeBackend", "backend", "personalize_backends", "register"]


def register(aws: Account) -> None:
    """Put this Personalize in the place of moto's."""
    personalize_backends.clear()
    PersonalizeBackend.aws = aws
    for module in (moto.personalize, moto.personalize.models):
        aws.replace(module, "personalize_backends", personalize_backends)


def backend(aws: Account) -> PersonalizeBackend:
    """Return the Personalize of an embedded AWS, to read what is in a dataset or to set how long imports take.

    Args:
        aws: The embedded AWS that runs.
    """
    return personalize_backends[aws.account][aws.region]
