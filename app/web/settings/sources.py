"""/settings/sources: what the county says of its client systems."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.db.sources import SourceSetting
from app.domain.access import Actor, Permission
from app.domain.events import OWN_SOURCE
from app.domain.texts import Language
from app.exports import numbers
from app.security.hashes import References
from app.security.personal_data import PersonalDataError
from app.services import sources as service
from app.services.client_links import LinkTemplateError
from app.visits import database_of
from app.web import forms
from app.web.access import permitted
from app.web.choices import Choice
from app.web.forms import Flaws, Written
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import PageQuestion, parse_day
from app.web.rendering import page

router = APIRouter(include_in_schema=False)

Admin = Annotated[Actor, permitted(Permission.MANAGE_SOURCES)]

# Of a rhythm, in working hours: about two years.
LONGEST_RHYTHM = 4_000
_SOURCES = "/settings/sources"
_NOT_FOUND = 404
_NO_HOURS = N_("Give whole working hours from 1 to 4,000, or leave this empty.")
_NO_REFERENCES = N_("Choose one of the two.")
_REFERENCES = MappingProxyType(
    {
        References.ANY: N_("any reference"),
        References.NO_HASHES: N_("none that may be the bare hash of an identity code"),
    }
)


class Done(StrEnum):
    """What has just been done."""

    CHANGED = "changed"


class SourcesQuestion(PageQuestion):
    """What has just been done, after which the list is shown."""

    done: Done | None = None


class SourceQuestion(PageQuestion):
    """Which source is asked about; a code may be anything, so it is no path."""

    source: Written


class SourceForm(BaseModel):
    """What is said of a source, as somebody wrote it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    live_since: Written = ""
    working_hours: Written = ""
    references: Written = ""
    link: Written = ""

    @property
    def day(self) -> date | None:
        """The day that was written, None if it is none."""
        return parse_day(self.live_since)

    @property
    def hours(self) -> int | None:
        """The working hours that were written, None if they are none."""
        hours = self.working_hours
        if not (hours.isascii() and hours.isdigit() and len(hours) < len("10000")):
            return None
        return int(hours) if 1 <= int(hours) <= LONGEST_RHYTHM else None

    def flaws(self) -> dict[str, str]:
        """Return what is wrong in it."""
        found = {}
        if self.live_since and self.day is None:
            found["live_since"] = forms.NOT_A_DAY
        if self.working_hours and self.hours is None:
            found["working_hours"] = _NO_HOURS
        if self.references not in set(References):
            found["references"] = _NO_REFERENCES
        return found

    def said_of(self, source: str) -> SourceSetting:
        """Return what it says of *source*."""
        return SourceSetting(
            source=source,
            live_since=self.day,
            expected_working_hours=self.hours,
            refuses_hashes=self.references == References.NO_HASHES,
            link_template=self.link or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSource:
    """What is said of a source, as a reader sees it; empty where nothing is."""

    source: str
    live_since: str
    hours: str
    references: str
    host: str
    successor: str


@router.get("/settings/sources")
def sources(
    request: Request, question: Annotated[SourcesQuestion, Query()], actor: Admin
) -> Response:
    """Show what is said of each source."""
    language = language_of(request)
    said = service.settings(database_of(request, actor))
    return page(
        request,
        "settings/sources.html",
        is_done=question.done is not None,
        sources=tuple(
            _shown(each, language)
            for each in said.values()
            if each.source != OWN_SOURCE
        ),
    )


@router.get("/settings/sources/change")
def source(
    request: Request, question: Annotated[SourceQuestion, Query()], actor: Admin
) -> Response:
    """Ask what is to be said of a source."""
    found = _found(request, actor, question.source)
    live, hours = found.live_since, found.expected_working_hours
    written = SourceForm(
        live_since=live.isoformat() if live else "",
        working_hours=str(hours) if hours is not None else "",
        references=_references(found),
        link=found.link_template or "",
    )
    return _changing(request, found, written, {})


@router.post("/settings/sources/change")
def change_source(
    request: Request,
    question: Annotated[SourceQuestion, Query()],
    written: Annotated[SourceForm, Form()],
    actor: Admin,
) -> Response:
    """Record what is said of a source."""
    found = _found(request, actor, question.source)
    flaws = written.flaws()
    if not flaws:
        try:
            service.put(
                database_of(request, actor),
                written.said_of(found.source),
                by=actor.key_id,
            )
        except LinkTemplateError as error:
            flaws = {"link": error.text.to(language_of(request))}
        except PersonalDataError:
            flaws = {"link": forms.PERSONAL_DATA}
    if flaws:
        return _changing(request, found, written, flaws)
    return forms.done(_SOURCES, Done.CHANGED)


def _found(request: Request, actor: Actor, source: str) -> SourceSetting:
    found = service.settings(database_of(request, actor)).get(source)
    # Nobody sends as the service itself, so there is nothing to say of it.
    if found is None or source == OWN_SOURCE:
        raise HTTPException(_NOT_FOUND)
    return found


def _changing(
    request: Request, found: SourceSetting, written: SourceForm, flaws: Flaws
) -> Response:
    return page(
        request,
        "settings/source.html",
        status=forms.UNPROCESSABLE if flaws else 200,
        source=found.source,
        successor=found.successor or "",
        written=written,
        flaws=flaws,
        references=tuple(
            Choice(each, text, each == written.references)
            for each, text in _REFERENCES.items()
        ),
    )


def _shown(said: SourceSetting, language: Language) -> ShownSource:
    live, hours = said.live_since, said.expected_working_hours
    return ShownSource(
        source=said.source,
        live_since=numbers.day(live, language) if live else "",
        hours=numbers.count(hours, language) if hours is not None else "",
        references=_REFERENCES[_references(said)],
        host=urlsplit(said.link_template).netloc if said.link_template else "",
        successor=said.successor or "",
    )


def _references(said: SourceSetting) -> References:
    return References.NO_HASHES if said.refuses_hashes else References.ANY
