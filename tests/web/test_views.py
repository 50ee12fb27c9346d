"""Views: questions to the worklist that a lead keeps under names of their own."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import pytest

from app import clock
from app.domain.access import Role
from app.services import saved_views, signing_in
from tests.web.county import HOSTILE, OWN, County, county
from tests.web.document import parse
from tests.web.reading import ACCEPT, Reader

ASKED = f"status=open&unit={OWN}&sort=-due_on"


@pytest.fixture(scope="module")
def service(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template) as made:
        yield made


@pytest.fixture
def lead(service: County) -> Iterator[Reader]:
    """Give a lead who has no views yet."""
    with service.reader(Role.LEAD) as somebody:
        yield somebody


def post(
    reader: Reader,
    form: Mapping[str, str],
    *,
    to: str = "/worklist/views",
    site: str = "same-origin",
    status: int = 303,
) -> str:
    """Send *form* and return the page, or where the browser is sent."""
    answer = reader.client.post(
        to,
        content=urlencode(form),
        headers={
            "Accept": ACCEPT,
            "Accept-Language": "en",
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": site,
        },
        follow_redirects=False,
    )
    assert answer.status_code == status, answer.text
    return answer.headers.get("location") or answer.text


def own_views(reader: Reader) -> dict[str, str]:
    """Return the address of each view of the reader's by its name."""
    page = reader.visit("/worklist/views", Accept_Language="en")
    return {
        name: href
        for name, href in page.links().items()
        if href.startswith("/worklist?")
    }


def test_a_question_is_kept_under_a_name_and_asked_again(lead: Reader) -> None:
    page = lead.visit(f"/worklist?{ASKED}&rule=&worker=", Accept_Language="en")
    (asked,) = [
        each.get("value", "")
        for each in page.all("input")
        if each.get("name") == "asked"
    ]
    address = post(lead, {"name": " Mondays ", "asked": asked})
    again = lead.visit(address, Accept_Language="en")

    assert own_views(lead) == {"Mondays": f"/worklist?{ASKED}"}
    assert again.text("tr") == page.text("tr")
    (current,) = [
        each.text
        for each in again.all("a")
        if each.get("aria-current") == "true" and each.text == "Mondays"
    ]
    assert current


def test_a_view_of_the_same_name_takes_the_place_of_the_first(lead: Reader) -> None:
    post(lead, {"name": HOSTILE[:60], "asked": "status=open"})
    post(lead, {"name": HOSTILE[:60], "asked": "status=met"})

    assert own_views(lead) == {" ".join(HOSTILE[:60].split()): "/worklist?status=met"}
    post(lead, {"name": HOSTILE[:60]}, to="/worklist/views/removal")
    page = lead.visit("/worklist/views", Accept_Language="en")
    assert own_views(lead) == {}
    assert "You have none yet." in page.words


def test_nobody_sees_or_removes_the_view_of_another(
    service: County, lead: Reader
) -> None:
    post(lead, {"name": "mine", "asked": "status=open"})
    with service.reader(Role.LEAD) as other:
        assert own_views(other) == {}
        post(other, {"name": "mine"}, to="/worklist/views/removal")
        assert "mine" not in other.visit("/worklist").links()

    assert own_views(lead) == {"mine": "/worklist?status=open"}


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("  ", "Give the view a name"),
        ("n" * 61, "Give the view a name"),
        ("a\u0000b", "Give the view a name"),
        ("010594Y9032", "This looks like an identity code"),
    ],
)
def test_a_name_that_is_none_is_told_beside_the_field(
    lead: Reader, name: str, flaw: str
) -> None:
    page = parse(post(lead, {"name": name, "asked": ASKED}, status=422))

    (field,) = [each for each in page.all("input") if "aria-invalid" in each.attrib]
    assert field.get("aria-describedby", "").split() == ["name_flaw"]
    assert flaw in page.words
    assert name.strip() not in page.words or not name.strip()
    assert own_views(lead) == {}


def test_one_has_so_many_views_and_no_more(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 2)
    post(lead, {"name": "1", "asked": ""})
    post(lead, {"name": "2", "asked": ""})
    post(lead, {"name": "2", "asked": "status=met"})
    page = parse(post(lead, {"name": "3", "asked": ""}, status=422))

    assert "Remove one that you no longer need." in page.words
    assert list(own_views(lead)) == ["1", "2"]


def test_only_a_question_to_the_worklist_is_kept_and_by_a_lead_alone(
    service: County, lead: Reader
) -> None:
    post(lead, {"name": "n", "asked": "colour=red"}, status=422)
    post(lead, {"name": "n", "asked": "status=none"}, status=422)
    post(lead, {"name": "n", "asked": "", "more": "x"}, status=422)
    post(lead, {"name": "n", "asked": ""}, site="cross-site", status=403)
    with service.reader(Role.ANALYST) as analyst:
        post(analyst, {"name": "n", "asked": ""}, status=403)

    assert own_views(lead) == {}


def test_who_came_by_a_link_without_a_name_is_told_that_views_pass(
    service: County, lead: Reader
) -> None:
    told = "a link that names nobody"
    for path in ("/worklist", "/worklist/views"):
        assert told in lead.visit(path, Accept_Language="en").words

    for at_work in ("first", "again"):
        now = clock.now()
        link = signing_in.make_link(
            service.database, role=Role.LEAD, units=(), now=now, name="A. Lead"
        )
        secret = signing_in.use_link(service.database, link, now=now)
        lead.client.cookies.set(service.app.state.callers.cookie, secret)
        if at_work == "first":
            post(lead, {"name": "Mine", "asked": ASKED})
        assert list(own_views(lead)) == ["Mine"]
        assert told not in lead.visit("/worklist/views", Accept_Language="en").words
