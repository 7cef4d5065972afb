"""Amazon Personalize: what moto lacks of it, up to and including dataset import jobs that really read their data.

No model is trained and nothing is recommended.
"""

from typing import TYPE_CHECKING

import moto.personalize
import moto.personalize.models

from local_aws.personalize.models import PersonalizeBackend, personalize_backends
from local_aws.timers import Timers

if TYPE_CHECKING:
    from local_aws.server import LocalAws

__all__ = ["PersonalizeBackend", "backend", "close", "personalize_backends", "register"]


def register(local_aws: "LocalAws") -> None:
    """Put this Personalize in the place of moto's.

    Args:
        local_aws: The embedded AWS that starts.
    """
    personalize_backends.clear()
    PersonalizeBackend.local_aws = local_aws
    PersonalizeBackend.timers = Timers(local_aws.clock)
    for module in (moto.personalize, moto.personalize.models):
        module.personalize_backends = personalize_backends  # type: ignore[attr-defined]


def close() -> None:
    """Stop: no resource changes its status any more."""
    PersonalizeBackend.timers.close()


def backend(local_aws: "LocalAws") -> PersonalizeBackend:
    """Return the Personalize of an embedded AWS, to read what is in a dataset or to set how long imports take.

    Args:
        local_aws: The embedded AWS that runs.
    """
    return personalize_backends[local_aws.account][local_aws.region]
