"""What several modules of tests of the API ask."""

from collections.abc import Iterator

import pytest

from tests.api.small_county import County, small_county


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[County]:
    """Give the one county that most questions about figures are asked about."""
    with small_county(server_url, template) as county:
        yield county
