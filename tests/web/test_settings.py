"""Settings: what an administrator changes is in use, and what is wrong is told."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from httpx2 import Response

from app.domain.access import MADE_BY_ADMINS, Actor, Role
from app.security.hashes import References
from app.services import keys, sources, units
from app.services.keys import KeyFlaw
from app.web.settings.keys import _FLAWS
from tests.conftest import bearer
from tests.web.county import County, county
from tests.web.document import Document, parse, said
from tests.web.reading import Reader

A_SOURCE = "/settings/sources/change?source=client-a"
TEMPLATE = "https://a.example/cases/{case_ref}"
NAMES = {"fi": "Tiimi", "sv": "Team", "en": "Team"}
# An identity code, as the authorities publish them for tests.
CODE = "010594Y9032"


@dataclass(frozen=True)
class Admin:
    """An administrator, whose pages are in English."""

    reader: Reader
    county: County

    def visit(self, path: str, status: int = 200) -> Document:
        return self.reader.visit(path, status=status, Accept_Language="en")

    def post(self, path: str, **form: str | list[str]) -> Response:
        return self.reader.client.post(
            path,
            data=form,
            headers={
                "Accept": "text/html",
                "Accept-Language": "en",
                "Sec-Fetch-Site": "same-origin",
            },
            follow_redirects=False,
        )

    def refused(self, path: str, **form: str | list[str]) -> dict[str, str]:
        """Return what is wrong, by field: told at the top and beside each."""
        answer = self.post(path, **form)
        assert answer.status_code == 422, answer.text
        page = parse(answer.text)
        beside = {
            each.get("id", "").removesuffix("_flaw"): said(each)
            for each in page.all("p")
            if each.get("class") == "flaw"
        }
        (summary,) = [e for e in page.all("div") if e.get("class") == "flaws"]
        assert "autofocus" in summary.attrib
        links = list(summary.iter("a"))
        assert [link.get("href") for link in links] == [f"#{each}" for each in beside]
        for link, flaw in zip(links, beside.values(), strict=True):
            assert said(link).endswith(flaw)
        return beside

    def done(self, path: str, **form: str | list[str]) -> str:
        """Return what the page says that one is led to."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, answer.text
        page = self.visit(answer.headers["location"])
        (told,) = [e for e in page.one("main").iter("p") if e.get("role") == "status"]
        return said(told)


@pytest.fixture(scope="module")
def admin(server_url: str, template: str) -> Iterator[Admin]:
    with (
        county(server_url, template) as made,
        made.reader(Role.ADMIN) as somebody,
    ):
        yield Admin(somebody, made)


def fresh(page: Document) -> str:
    """Return the id that the key of a form will have."""
    (field,) = [each for each in page.all("input") if each.get("name") == "key_id"]
    return field.get("value") or ""


def made(admin: Admin, role: Role, **form: str | list[str]) -> str:
    """Return a key that the page has made."""
    path = f"/settings/keys/new?role={role}"
    answer = admin.post(path, key_id=fresh(admin.visit(path)), **form)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    (key,) = parse(answer.text).text("code")
    return key


# --- units ---


def test_a_unit_is_added_renamed_and_moved(admin: Admin) -> None:
    told = admin.done("/settings/units/new", code="team", parent="espoo", **NAMES)
    assert told == "The unit has been added."
    changed = {**NAMES, "en": "Team of two"}
    told = admin.done("/settings/units/change?code=team", parent="", **changed)

    assert told == "The unit has been changed."
    (unit,) = [u for u in units.all_units(admin.county.database) if u.code == "team"]
    assert (unit.parent, unit.name.en) == (None, "Team of two")
    words = admin.visit("/settings/changes").words
    assert "Unit changed: team Stands below: espoo → nothing" in words
    assert "Name in English: Team → Team of two" in words


def test_a_unit_that_cannot_be_is_refused_field_by_field(admin: Admin) -> None:
    path = "/settings/units/new"

    wrong = admin.refused(path, code="espoo", parent="nowhere", fi="", sv=CODE, en="x")
    assert "There is a unit with this code already" in wrong["code"]
    assert "no such unit" in wrong["parent"]
    assert wrong["fi"] == "This is missing."
    assert "identity code" in wrong["sv"]
    assert "en" not in wrong
    long = {**NAMES, "fi": "x" * 201, "en": "a\u0007b"}
    assert admin.refused(path, code="long", **long).keys() == {"fi", "en"}

    below = admin.refused(
        "/settings/units/change?code=espoo", parent="leppavaara", **NAMES
    )
    assert below == {"parent": "A unit cannot stand below itself. Choose another one."}
    admin.visit("/settings/units/change?code=nothing", status=404)


# --- client systems ---


def test_what_is_said_of_a_client_system_is_in_use_and_kept(admin: Admin) -> None:
    told = admin.done(
        A_SOURCE,
        live_since="1.3.2026",
        working_hours="16",
        references="no_hashes",
        link=TEMPLATE,
    )

    assert told == "What you said of the client system is in use."
    said_of = sources.settings(admin.county.database)["client-a"]
    assert (str(said_of.live_since), said_of.expected_working_hours) == (
        "2026-03-01",
        16,
    )
    assert said_of.refuses_hashes
    links = sources.client_links(admin.county.database)
    assert links.to("client-a", "A/1") == "https://a.example/cases/A%2F1"
    row = admin.visit("/settings/sources").text("tr")[1]
    assert "Sun 1 Mar 2026" in row
    assert "a.example" in row
    form = admin.visit(A_SOURCE)
    assert TEMPLATE in form.attributes("value")
    words = admin.visit("/settings/changes").words
    assert "Refuses bare hashes: no → yes" in words

    admin.done(A_SOURCE, references="any")

    assert sources.client_links(admin.county.database).to("client-a", "A/1") is None
    assert "16 → nothing" in admin.visit("/settings/changes").words


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("live_since", "yesterday", "Write the day as day, month and year"),
        ("working_hours", "0", "from 1 to 4,000"),
        ("working_hours", "1.5", "from 1 to 4,000"),
        ("link", "https://a.example/cases", "exactly once"),
        ("link", "http://a.example/{case_ref}", "begin with https://"),
        ("link", f"https://a.example/{CODE}/{{case_ref}}", "identity code"),
        ("references", "", "Choose one of the two."),
    ],
)
def test_what_cannot_be_said_of_a_client_system_is_refused(
    admin: Admin, field: str, value: str, told: str
) -> None:
    before = sources.settings(admin.county.database)["client-a"]

    wrong = admin.refused(A_SOURCE, **{"references": References.ANY, field: value})

    assert wrong.keys() == {field}
    assert told in wrong[field]
    assert sources.settings(admin.county.database)["client-a"] == before


def test_the_service_itself_is_no_client_system(admin: Admin) -> None:
    admin.visit("/settings/sources/change?source=maaraaika", status=404)
    admin.visit("/settings/sources/change?source=unheard-of", status=404)


# --- keys ---


def test_a_key_is_shown_once_and_opens_what_it_is_for(admin: Admin) -> None:
    key = made(
        admin,
        Role.INTEGRATOR,
        held_by="client-new",
        expires="31.12.2099",
        networks="10.1.2.0/24, 2001:db8::/32",
    )

    actor = keys.look_up(admin.county.database, key)
    assert actor is not None
    assert (actor.role, actor.source) == (Role.INTEGRATOR, "client-new")
    listed = admin.visit("/settings/keys").words
    assert key not in listed
    assert "client-new" in listed
    assert "Thu 31 Dec 2099" in listed
    assert "from 10.1.2.0/24, 2001:db8::/32" in listed
    assert list(map(str, actor.networks)) == ["10.1.2.0/24", "2001:db8::/32"]
    # Before its first event it can be said what it may send.
    assert "client-new" in admin.visit("/settings/sources").words
    assert f"Key made: {actor.key_id} Held by: client-new" in (
        admin.visit("/settings/changes").words
    )


def test_a_form_that_is_sent_twice_makes_one_key(admin: Admin) -> None:
    path = "/settings/keys/new?role=integrator"
    key_id = fresh(admin.visit(path))

    admin.post(path, key_id=key_id, held_by="client-twice")
    wrong = admin.refused(path, key_id=key_id, held_by="client-twice")

    assert "has been made already" in wrong["expires"]
    listed = keys.listed(admin.county.database)
    assert [k.key_id for k in listed if k.holder == "client-twice"] == [key_id]


def test_a_key_for_figures_is_of_all_units_or_of_some(admin: Admin) -> None:
    path = "/settings/keys/new?role=analyst"

    whole = made(admin, Role.ANALYST, held_by="dashboard", everywhere="all")
    some = made(
        admin, Role.ANALYST, held_by="dashboard", unit=["leppavaara", "espoonlahti"]
    )
    neither = admin.refused(path, key_id="a1", held_by="x")
    both = admin.refused(path, key_id="a1", held_by="x", everywhere="all", unit="espoo")
    unknown = admin.refused(path, key_id="a1", held_by="x", unit="nowhere")

    actors = [keys.look_up(admin.county.database, key) for key in (whole, some)]
    assert [actor and actor.units for actor in actors] == [
        frozenset(),
        {"leppavaara", "espoonlahti"},
    ]
    assert [*neither, *both, *unknown] == ["units"] * 3


def test_a_key_is_renewed_while_the_old_one_is_good_and_then_revoked(
    admin: Admin,
) -> None:
    database = admin.county.database
    old = made(admin, Role.INTEGRATOR, held_by="client-renewed")
    path = f"/settings/keys/{old.split('_')[1]}"

    form = admin.visit(path)
    answer = admin.post(path, key_id=fresh(form), expires="")
    new = parse(answer.text).text("code")[0]
    assert keys.look_up(database, old)
    assert keys.look_up(database, new)
    third = admin.refused(path, key_id="a2")
    assert "two good keys" in third["expires"]

    asked = admin.visit(f"{path}/revoke")
    assert asked.text("h1") == [f"Revoke the key {old.split('_')[1]}?"]
    assert keys.look_up(database, old)
    told = admin.done(f"{path}/revoke")

    assert told == "The key has been revoked: within five seconds it is refused."
    assert keys.look_up(database, old) is None
    assert keys.look_up(database, new)
    assert admin.done(f"{path}/revoke") == "The key had been revoked before."
    assert "not good any more" in admin.refused(path, key_id="a2")["expires"]
    assert "Revoked" in admin.visit(path).words


@pytest.mark.parametrize(
    ("field", "form", "told"),
    [
        ("held_by", {"held_by": "maaraaika"}, "the service's own"),
        ("held_by", {"held_by": CODE}, "identity code"),
        ("held_by", {"held_by": ""}, "This is missing."),
        ("networks", {"held_by": "a", "networks": "10.1.2.3/24"}, "10.1.2.0/24"),
        ("expires", {"held_by": "a", "expires": "1.1.2020"}, "ended already"),
        ("expires", {"held_by": "a", "expires": "31.12.9999"}, "Write the day"),
    ],
)
def test_a_key_that_cannot_be_is_refused(
    admin: Admin, field: str, form: dict[str, str], told: str
) -> None:
    wrong = admin.refused("/settings/keys/new?role=integrator", key_id="a3", **form)

    assert wrong.keys() == {field}
    assert told in wrong[field]


@pytest.mark.parametrize("role", [each for each in Role if each not in MADE_BY_ADMINS])
def test_no_page_makes_a_key_with_which_cases_are_read_or_rights_given(
    admin: Admin, role: Role
) -> None:
    database = admin.county.database
    key = bearer(database, role)["Authorization"].split("_")[1]
    before = len(keys.listed(database))

    assert (
        admin.post(
            f"/settings/keys/new?role={role}", key_id="a4", held_by="me"
        ).status_code
        == 403
    )
    assert admin.post(f"/settings/keys/{key}", key_id="a4").status_code == 403
    admin.visit(f"/settings/keys/new?role={role}", status=403)

    assert len(keys.listed(database)) == before
    assert "made on the server" in admin.visit(f"/settings/keys/{key}").words
    # It can be ended here, which nobody gains by.
    assert "revoked" in admin.done(f"/settings/keys/{key}/revoke")


def test_every_flaw_of_a_key_is_told_but_for_what_no_form_can_say() -> None:
    assert set(KeyFlaw) - set(_FLAWS) == {KeyFlaw.MISFIT}


def test_only_administrators_are_led_to_the_settings(admin: Admin) -> None:
    assert "Settings" in admin.visit("/settings/keys").links()
    for role in (Role.LEAD, Role.AUDITOR, Role.ANALYST):
        with admin.county.reader(role) as other:
            page = other.visit("/settings/keys", status=403, Accept_Language="en")
            assert "/settings" not in page.links().values()


def test_a_post_from_elsewhere_changes_nothing(admin: Admin) -> None:
    before = keys.listed(admin.county.database)

    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
    ):
        answer = admin.reader.client.post(
            "/settings/keys/new?role=integrator",
            data={"key_id": "a5", "held_by": "client-evil"},
            headers=headers,
        )
        assert answer.status_code == 403

    assert keys.listed(admin.county.database) == before


def test_the_settings_show_no_case(admin: Admin) -> None:
    assert Actor(role=Role.ADMIN).units == frozenset()
    for path in ("/settings", "/settings/changes", "/settings/sources"):
        assert "canary" not in admin.visit(path).words
