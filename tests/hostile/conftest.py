"""The one service that is ill-treated, and what is known of it afterwards."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

import pytest

from tests.hostile.marks import WORD, forbidden_in
from tests.hostile.service import Service, service

ANSWERED = "answered"


@pytest.fixture(scope="module")
def hostile(server_url: str, template: str) -> Iterator[Service]:
    """Give a service; whatever was done to it, it has told and kept nothing of that.

    A word may be kept, where it stood in a text that is fit for it.
    """
    with service(server_url, template) as hostile:
        yield hostile
        assert WORD.encode() not in hostile.told()
        assert forbidden_in(hostile.told() + hostile.stored()) == []


@pytest.fixture
def answered(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Iterator[Counter[int]]:
    """Count the answers of a test by their status, for the summary of the run."""
    statuses: Counter[int] = Counter()
    yield statuses
    # Each role is a test of its own, and all together are one way to make requests.
    maker = re.sub(r"\[\w+-", "[", request.node.name)
    record_property(ANSWERED, (maker, dict(statuses)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many requests were answered, and how."""
    counted: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == ANSWERED:
                    counted[value[0]].update(value[1])
    for name, statuses in sorted(counted.items()):
        by_status = dict(sorted(statuses.items()))
        terminalreporter.line(f"{statuses.total():6} {name}: {by_status}")
    total: Counter[int] = sum(counted.values(), Counter())
    failed = sum(count for status, count in total.items() if status >= 500)
    terminalreporter.line(f"{total.total():6} requests, answered with 5xx: {failed}")
