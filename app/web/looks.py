"""A look as pages show it: who was shown what, when, by which way and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.db.look_questions import Logged
from app.domain.access_log import ReasonForOldLooks, Result
from app.domain.events import CaseKey
from app.domain.look_texts import REASONS, ROLES, way_of
from app.domain.texts import Language
from app.exports import numbers

# So many cases of a look are named in its row; the look itself names all of them.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class NamedCase:
    """A case that was shown, and where all looks at it are."""

    source: str
    case_ref: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLook:
    """A row of the access log; *name*, *units* and *reason* may be empty.

    *cases* are the first of those that the list names, *more* how many others were
    shown.
    """

    href: str
    at: str
    person: str
    name: str
    role: str
    units: str
    way: str
    cases: tuple[NamedCase, ...]
    more: int
    reason: str
    rows: str
    is_in_vain: bool
    is_elsewhere: bool


def shown(
    logged: Logged,
    named: frozenset[CaseKey],
    names: Mapping[str, str],
    reason: ReasonForOldLooks | None,
    language: Language,
) -> ShownLook:
    """Return a look as a reader of *language* sees it, with the first *named* cases.

    The *reason* for which it is shown goes on to the page of the look itself.
    """
    place, look = logged
    asked = f"?{urlencode({'reason': reason})}" if reason else ""
    cases = tuple(map(named_case, sorted(named)[:_NAMED]))
    return ShownLook(
        href=f"/access-log/{place.chain}-{place.position}{asked}",
        at=numbers.instant(place.recorded_at, language),
        person=look.person,
        name=names.get(look.person, ""),
        role=ROLES[look.role].to(language),
        units=", ".join(look.units),
        way=way_of(look.route).to(language),
        cases=cases,
        more=len(look.cases) - len(cases),
        reason=REASONS[look.reason].to(language) if look.reason else "",
        rows=numbers.count(look.rows, language),
        is_in_vain=look.result is Result.NOT_FOUND,
        is_elsewhere=look.elsewhere,
    )


def named_case(case: CaseKey) -> NamedCase:
    """Return *case* with the address of all looks at it."""
    asked = {"case": case.case_ref, "source": case.source}
    return NamedCase(case.source, case.case_ref, f"/access-log?{urlencode(asked)}")
