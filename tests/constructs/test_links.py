"""How a wait is split into links."""

import pytest

from cdk_personalize_import._links import links

HOUR = 3600


@pytest.mark.parametrize(
    ("timeout", "timeouts"),
    [(3600, [3420]), (3601, [3420, 181]), (4 * HOUR, [3420] * 4 + [720]), (24 * HOUR, [3420] * 25 + [900])],
)
def test_links_of_a_timeout(timeout: int, timeouts: list[int]) -> None:
    assert [link.timeout for link in links(timeout)] == timeouts
