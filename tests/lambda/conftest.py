"""A world in virtual time for the tests of the handler."""

from collections.abc import Iterator

import pytest
from simulator.world import World, simulated


@pytest.fixture
def world() -> Iterator[World]:
    """A simulated account and region; after the test everything must have come to a good end."""
    with simulated() as world:
        yield world
        world.finish()
