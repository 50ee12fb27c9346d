"""The county that is asked about everywhere, and changed nowhere."""

from collections.abc import Iterator

import pytest

from tests.isolation.county import Isolated, isolated


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[Isolated]:
    """Give a county whose cases can be told apart in whatever is answered."""
    with isolated(server_url, template) as found:
        yield found
