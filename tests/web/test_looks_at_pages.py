"""Each page with cases leaves after the look at it is written, or does not leave."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import pytest
from fastapi import FastAPI

from app.domain.access import PERMISSIONS, Permission, Role
from app.domain.events import CaseKey
from app.domain.look_texts import way_of
from app.services.viewing import Viewer
from app.web.access import permitted
from tests.api.faults import FAULTS
from tests.api.watched import (
    CASES,
    LATE,
    MARK,
    UNIT,
    Answer,
    Watched,
    this_week,
    watched_county,
)
from tests.web.document import parse
from tests.web.reading import ACCEPT, session
from tests.web.recipes import FORM, RECIPES, PageRoute, Recipe, page_routes, recipes_of

EVERY_PAGE = pytest.mark.parametrize("name", RECIPES)
ROLES = (Role.LEAD, Role.AUDITOR, Role.ADMIN)


@dataclass(frozen=True)
class Readers:
    """The watched county, and who reads its pages: somebody of each role."""

    watched: Watched
    pages: Mapping[str, PageRoute]
    cookies: Mapping[Role, str]

    @property
    def of_cases(self) -> Iterator[str]:
        """Give the pages behind which cases are shown."""
        return (name for name, page in self.pages.items() if page.shows_cases)

    def reader_of(self, name: str) -> Role:
        """Return the first role that may see the page."""
        wanted = self.pages[name].permission
        return next(role for role in ROLES if wanted in PERMISSIONS[role])

    def ask(self, name: str, recipe: Recipe | None = None) -> Answer:
        """Return what who may see the page is answered, in English."""
        recipe = recipe or recipes_of(name)[0]
        path, body = recipe.about(self._names(), self.watched.database)
        page = self.pages[name]
        answer = self.watched.client.request(
            page.method,
            path,
            content=body,
            headers={
                "Accept": ACCEPT,
                "Accept-Language": "en",
                "Content-Type": FORM,
                "Cookie": self.cookies[self.reader_of(name)],
                "Sec-Fetch-Site": "same-origin",
            },
            follow_redirects=False,
        )
        # It was closed, perhaps by a page that was held back afterwards.
        if "{finding}" in recipe.address and answer.status_code in {303, 500}:
            self.watched.findings.pop()
        return answer

    def _names(self) -> Mapping[str, str]:
        return {
            "source": "client-a",
            "case_ref": LATE,
            "child": f"{MARK}-child",
            "worker": f"{MARK}-worker",
            "unit": UNIT,
            "finding": self.watched.findings[-1],
            "number": str(self.watched.sealed),
            "look": self.watched.first_look,
            "week": this_week(),
        }


@pytest.fixture(scope="module")
def readers(server_url: str, template: str) -> Iterator[Readers]:
    with watched_county(server_url, template) as watched:
        app = watched.client.app
        assert isinstance(app, FastAPI)
        cookies = {role: session(app, watched.database, role) for role in ROLES}
        yield Readers(
            watched,
            {page.name: page for page in page_routes(app) if page.permission},
            {role: f"{name}={secret}" for role, (name, secret) in cookies.items()},
        )


@pytest.fixture(params=FAULTS)
def broken(readers: Readers, request: pytest.FixtureRequest) -> Iterator[Readers]:
    """Give the readers while the access log cannot be written."""
    fault = FAULTS[request.param]
    readers.watched.sql(*fault.breaks)
    yield readers
    readers.watched.sql(fault.mends)


def is_silent(answer: Answer) -> bool:
    """Tell whether *answer* is the page that shows nothing and says why."""
    return (
        answer.status_code == 503
        and answer.headers.get("retry-after") is not None
        and MARK.encode() not in answer.content
        and MARK not in str(answer.headers)
        and "cannot write down" in parse(answer.text).words
    )


def test_every_page_that_needs_a_permission_is_tried_here(readers: Readers) -> None:
    assert readers.pages.keys() == RECIPES.keys(), "see tests/web/recipes.py"


def test_a_page_cannot_get_a_permission_of_cases_without_looks(
    readers: Readers,
) -> None:
    permissions = {readers.pages[name].permission for name in readers.of_cases}
    # What has changed of a report is for all who read figures; cases of it are not.
    for permission in permissions - {Permission.READ_FIGURES}:
        assert permission is not None
        with pytest.raises(RuntimeError, match="shows cases"):
            permitted(permission)


@EVERY_PAGE
def test_a_page_shows_cases_with_one_look_at_them_or_shows_none(
    readers: Readers, name: str
) -> None:
    page = readers.pages[name]
    before = len(readers.watched.looks())

    answer = readers.ask(name)

    assert answer.status_code in {200, 303}, answer.text
    looks = readers.watched.looks()[before:]
    if not page.shows_cases:
        assert looks == []
        assert MARK not in answer.text
        return
    assert page.method == "POST" or MARK in answer.text
    (look,) = looks
    assert look.entry["route"].replace(":path", "") == f"{page.method} {page.path}"
    assert look.entry["role"] == readers.reader_of(name)
    assert look.entry["correlation_id"] == answer.headers["x-request-id"]
    assert look.entry["result"] == "shown"
    assert LATE not in str(look.entry["criteria"])
    shown = {case.case_ref for case in look.cases}
    assert shown
    assert {case_ref for case_ref in CASES if case_ref in answer.text} <= shown
    assert look.entry["rows"] >= 1
    assert way_of(look.entry["route"]).fi != look.entry["route"], (
        "say in app/domain/look_texts.py what people call the page"
    )


def test_no_page_discloses_anything_while_the_access_log_cannot_be_written(
    broken: Readers,
) -> None:
    before = broken.watched.looks()

    for name, page in broken.pages.items():
        for recipe in recipes_of(name):
            answer = broken.ask(name, recipe)
            assert is_silent(answer) is page.shows_cases, (recipe, answer.text)
            assert MARK.encode() not in answer.content, recipe

    assert broken.watched.looks() == before


def test_a_look_that_is_written_in_the_background_would_disclose_cases(
    broken: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Viewer.show
    writing: list[threading.Thread] = []

    def show_later(viewer: Viewer, cases: Iterable[CaseKey], *, rows: int) -> None:
        def write() -> None:
            with suppress(Exception):
                show(viewer, cases, rows=rows)

        writing.append(threading.Thread(target=write))
        writing[-1].start()
        viewer.has_looked = True

    monkeypatch.setattr(Viewer, "show", show_later)

    told = {name for name in broken.of_cases if not is_silent(broken.ask(name))}
    assert told == set(broken.of_cases)
    for each in writing:  # before the log can be written again
        each.join()


def test_no_page_leaves_for_which_the_look_was_forgotten(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Viewer, "show", lambda *_, **__: None)
    monkeypatch.setattr(
        readers.watched.client._transport, "raise_server_exceptions", False
    )

    for name in readers.of_cases:
        answer = readers.ask(name)
        assert answer.status_code == 500, name
        assert MARK.encode() not in answer.content
