"""A lead tells on the page of a case why a deadline is late, and what is done."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import pytest

from app.domain.access import Role
from tests.web.county import FOREIGN, OTHER, OWN, County, ago, county
from tests.web.document import Document, parse
from tests.web.reading import ACCEPT, Reader

CASE = "/cases/client-a/assessing"
TOLD = {"cause": "interpreter_needed", "action": "interpreter_ordered"}


@pytest.fixture(scope="module")
def service(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template) as made:
        yield made


@pytest.fixture
def lead(service: County) -> Iterator[Reader]:
    with service.reader(Role.LEAD, OWN) as somebody:
        yield somebody


def fields(page: Document, rule: str) -> dict[str, str]:
    """Return what the form of the clock of *rule* would send, untouched."""
    for form in page.all("form"):
        sent = {
            each.get("name", ""): each.get("value", "") for each in form.iter("input")
        }
        if sent.get("rule") == rule:
            return sent
    raise LookupError(rule)


def post(
    reader: Reader,
    form: Mapping[str, str],
    *,
    to: str = CASE,
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


def explanations(reader: Reader) -> list[str]:
    page = reader.visit(CASE, Accept_Language="en")
    return [row for row in page.text("tr") if "Delay explained" in row]


def test_a_cause_that_is_told_is_shown_and_closes_the_finding(
    service: County,
) -> None:
    case = f"/cases/client-a/{FOREIGN}-1"
    with service.reader(Role.LEAD, OTHER) as lead:
        before = unexplained(lead)
        form = fields(lead.visit(case, Accept_Language="en"), "initiation")
        told = form | TOLD | {"follow_up_on": ago(-5)}
        page = lead.visit(post(lead, told, to=case), Accept_Language="en")
        after = unexplained(lead)

    assert "The cause is recorded." in page.words
    assert "cause: An interpreter was needed" in page.words
    assert "An interpreter was needed; An interpreter was ordered" in page.words
    assert "told here" in page.words
    assert len(before) == 1
    assert after == []


def unexplained(reader: Reader) -> list[str]:
    page = reader.visit("/findings", Accept_Language="en")
    return [item for item in page.text("tr") if "neither the cause" in item]


def test_a_form_that_is_sent_twice_is_told_once(lead: Reader) -> None:
    form = fields(lead.visit(CASE, Accept_Language="en"), "assessment") | TOLD
    before = len(explanations(lead))

    post(lead, form)
    post(lead, form)
    otherwise = post(lead, form | {"cause": "other"}, status=422)

    assert len(explanations(lead)) == before + 1
    assert "This has been told already, otherwise." in parse(otherwise).words


@pytest.mark.parametrize(
    ("wrong", "flaw"),
    [
        ({"cause": ""}, "Choose why the deadline is late."),
        ({"cause": "<script>"}, "Choose why the deadline is late."),
        ({"action": ""}, "Choose what is done about it."),
        ({"follow_up_on": "31.2.2026"}, "Write the day as day, month and year"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(
    lead: Reader, wrong: dict[str, str], flaw: str
) -> None:
    form = fields(lead.visit(CASE, Accept_Language="en"), "assessment")
    before = explanations(lead)

    page = parse(post(lead, form | TOLD | wrong, status=422))

    (field,) = [
        each for each in page.all("select", "input") if "aria-invalid" in each.attrib
    ]
    (told,) = [
        each
        for each in page.all("p")
        if each.get("id") == field.get("aria-describedby")
    ]
    assert flaw in "".join(told.itertext())
    assert explanations(lead) == before
    # What was chosen well need not be chosen again.
    chosen = {
        each.get("value") for each in page.all("option") if "selected" in each.attrib
    }
    assert chosen == set(TOLD.values()) - {TOLD[name] for name in wrong if name in TOLD}


def test_what_is_not_late_has_no_form_and_is_not_explained(lead: Reader) -> None:
    with pytest.raises(LookupError):
        fields(lead.visit("/cases/client-a/soon"), "assessment")
    form = {"rule": "assessment", "key": "k", "explains": "", **TOLD}
    page = parse(post(lead, form, to="/cases/client-a/soon", status=422))

    assert "Nothing is late any more that this would explain" in page.words


def test_on_an_earlier_day_there_is_nothing_to_tell(lead: Reader) -> None:
    page = lead.visit(f"{CASE}?as_of={ago(3)}", Accept_Language="en")

    with pytest.raises(LookupError):
        fields(page, "assessment")


def test_nobody_tells_it_from_elsewhere_or_of_a_case_of_others(
    service: County, lead: Reader
) -> None:
    form = fields(lead.visit(CASE), "assessment") | TOLD
    before = explanations(lead)

    post(lead, form, site="cross-site", status=403)
    with service.reader(Role.LEAD, OTHER) as other:
        post(other, form, status=404)
    with service.reader(Role.ANALYST) as analyst:
        post(analyst, form, status=403)
    post(lead, form | {"rule": "none"}, status=422)
    post(lead, form | {"more": "x"}, status=422)

    assert explanations(lead) == before
