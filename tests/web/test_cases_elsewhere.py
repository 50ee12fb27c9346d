"""A case of another unit is opened on its page for a reason, and by nobody's link."""

from collections.abc import Iterator

import pytest

from app.domain.access import Role
from tests.web.county import FOREIGN, OWN, County, county, this_week
from tests.web.document import Document, parse
from tests.web.reading import ACCEPT, Reader

FOREIGN_CASE = f"/cases/client-a/{FOREIGN}-1"
NO_CASE = "/cases/client-a/there-is-none"
FROM_HERE = {"Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def served(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template) as made:
        yield made


@pytest.fixture(scope="module")
def lead(served: County) -> Iterator[Reader]:
    """Give the lead of one unit."""
    with served.reader(Role.LEAD, OWN) as somebody:
        yield somebody


def opened(lead: Reader, path: str, status: int = 200) -> Document:
    """Return the page at *path*, where the lead was led by a page of ours."""
    answer = lead.client.get(path, headers={"Accept": ACCEPT, **FROM_HERE})
    assert answer.status_code == status, answer.text
    return parse(answer.text)


def listed(served: County) -> int:
    """Return how many looks elsewhere the auditor finds that were substitutions."""
    with served.reader(Role.AUDITOR) as auditor:
        address = f"/access-log/elsewhere?week={this_week()}"
        page = auditor.visit(address, Accept_Language="en")
    return sum("substitution" in row for row in page.text("tr"))


def test_a_case_of_another_unit_is_opened_for_a_reason_and_listed(
    served: County, lead: Reader
) -> None:
    before = listed(served)
    asked = opened(lead, FOREIGN_CASE, 404)
    assert FOREIGN not in asked.words
    assert asked.text("label") == ["Why you open it"]

    page = opened(lead, f"{FOREIGN_CASE}?reason=substitution")

    assert f"{FOREIGN}-1" in page.title
    assert "This is a case of another unit" in page.words
    # Its delays are explained by the unit whose work it is.
    assert "Why it is late" not in page.words
    (grounds, *_) = [
        href for text, href in page.links().items() if "on a page of its own" in text
    ]
    assert "reason=substitution" in grounds
    explained = opened(lead, grounds)
    assert f"{FOREIGN_CASE}?reason=substitution" in explained.attributes("href")
    # The case, and its explanation.
    assert listed(served) == before + 2


def test_who_gives_no_reason_learns_not_whether_there_is_a_case(lead: Reader) -> None:
    hidden, missing = (
        lead.client.get(path, headers={"Accept": ACCEPT, **FROM_HERE})
        for path in (FOREIGN_CASE, NO_CASE)
    )

    assert parse(hidden.text).words == parse(missing.text).words
    assert hidden.status_code == missing.status_code == 404


def test_a_guess_with_a_reason_says_that_there_is_none(lead: Reader) -> None:
    page = opened(lead, f"{NO_CASE}?reason=supervision", 404)

    assert "No unit has a case of this reference" in page.words


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
def test_a_link_of_somebody_else_gives_no_reason(
    lead: Reader, site: str | None
) -> None:
    headers = {"Accept": ACCEPT, "Accept-Language": "en"}
    if site is not None:
        headers["Sec-Fetch-Site"] = site

    answer = lead.client.get(f"{FOREIGN_CASE}?reason=substitution", headers=headers)

    assert answer.status_code == 404
    assert "Your units have no case of this reference" in parse(answer.text).words


def test_a_reason_that_is_none_is_refused(lead: Reader) -> None:
    opened(lead, f"{FOREIGN_CASE}?reason=curiosity", 422)


def test_who_sees_every_unit_is_asked_for_no_reason(served: County) -> None:
    with served.reader(Role.LEAD) as head:
        page = head.visit(NO_CASE, status=404, Accept_Language="en")

    assert page.text("label") == []
