from collections.abc import Iterator

import pytest
from unreliable_scheduler import Clock, Unreliable, unreliable_scheduler


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def scheduler() -> Iterator[Unreliable]:
    with unreliable_scheduler() as client:
        yield client
