"""The one service that is ill-treated, and what is known of it afterwards."""

from collections.abc import Iterator

import pytest

from tests.hostile.marks import WORD, forbidden_in
from tests.hostile.service import Service, service


@pytest.fixture(scope="module")
def hostile(server_url: str, template: str) -> Iterator[Service]:
    """Give a service; whatever was done to it, it has told and kept nothing of that.

    A word may be kept, where it stood in a text that is fit for it.
    """
    with service(server_url, template) as hostile:
        yield hostile
        assert WORD.encode() not in hostile.told()
        assert forbidden_in(hostile.told() + hostile.stored()) == []
