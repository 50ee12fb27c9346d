"""GET /v1/definitions: what each figure is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from app.api.access import PUBLIC
from app.api.answers import JsonAnswer
from app.api.parameters import Instant
from app.clock import rfc3339
from app.domain.definitions import CLOCKS, MEASURES, NUMBERS, bands_of, bases
from app.domain.events import legal_day
from app.domain.law import RULES
from app.domain.report_settings import ReportSettings, describe
from app.domain.texts import Language
from app.services import report_settings

router = APIRouter(tags=["reports"])


class DefinitionsQuery(BaseModel):
    """What may be asked of the definitions."""

    model_config = ConfigDict(extra="forbid")

    known_at: Instant | None = None
    lang: Language = Language.EN


@router.get("/v1/definitions", dependencies=[PUBLIC])
def get_definitions(
    request: Request, query: Annotated[DefinitionsQuery, Query()]
) -> Response:
    """Tell what each figure of a report is, and under which settings it is counted.

    No key is needed. `code` is how answers name a figure, `docs` where it is told.
    """
    known_at, settings = report_settings.known(
        request.app.state.database, known_at=query.known_at
    )
    return JsonAnswer(
        {
            "known_at": rfc3339(known_at),
            "settings": describe(settings),
            "bands": bands_out(query.lang),
            "definitions": list(_definitions(known_at, settings, query.lang)),
        }
    )


def bands_out(language: Language) -> dict[str, dict[str, str]]:
    """Return what the bands of lateness of each rule are called."""
    return {
        rule.code: {
            band.value: text.to(language)
            for band, text in bands_of(rule.versions[-1]).items()
        }
        for rule in RULES
    }


def _definitions(
    known_at: datetime, settings: ReportSettings, language: Language
) -> Iterator[dict[str, str]]:
    inclusion = settings.inclusion_on(legal_day(known_at))
    for each in (*bases(inclusion), *NUMBERS, *MEASURES, *CLOCKS):
        yield {
            "code": each.code,
            "title": each.title.to(language),
            "text": each.text.to(language),
            "docs": each.docs,
        }
