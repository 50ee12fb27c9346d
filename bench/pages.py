"""Every page at a million deadlines, as those ask for it who may: time and weight."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from fastapi.routing import APIRoute
from sqlalchemy import text

from app import clock
from app.domain.access import Role
from app.domain.findings import FindingKind, identity
from app.services import signing_in
from app.services.callers import Callers
from app.services.deadlines import Status
from app.web import pages
from bench import million, servers
from bench.figures import Figure, percentile
from bench.servers import Server

ROUNDS = 25
BAR_MS = 150.0
FIGURES_BAR_MS = 400.0
WEIGHT_BAR_KB = 150.0
TEAM = "team-1-1"
# Who asks, in turn; what one may not see, the next may.
PEOPLE: Mapping[str, tuple[Role, tuple[str, ...]]] = {
    "county lead": (Role.LEAD, ()),
    "team lead": (Role.LEAD, (TEAM,)),
    "administrator": (Role.ADMIN, ()),
    "auditor": (Role.AUDITOR, ()),
}
# These lead out of the service, or end what goes on.
NO_PAGES = frozenset(
    {
        *("/sign-in/start", "/sign-in/callback", "/sign-in/link", "/signed-out"),
        "/static/{digest}/{name}",
    }
)
SAMPLES = text("""
    SELECT d.source, d.case_ref, d.rule, d.started_by,
           (SELECT key_id FROM api_key ORDER BY created_at LIMIT 1) AS key_id
    FROM deadline d
    WHERE recorded_until = 'infinity' AND closed_on IS NULL AND due_on < :today
      AND unit = :team AND moves IS NULL AND entry = 'report'
          AND due_on < CAST(:today AS date) - 20
    ORDER BY due_on DESC, case_ref LIMIT 1
""")
_STATIC = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page as somebody asked for it: milliseconds of each answer, bytes of one."""

    page: str
    person: str
    took: list[float]
    weight: int

    @property
    def is_of_figures(self) -> bool:
        return self.page.startswith("/figures")


class Reader:
    """Somebody who has signed in and reads pages over one connection."""

    def __init__(self, connection: HTTPConnection, cookie: str) -> None:
        self._connection = connection
        self._headers = {"Cookie": cookie, "Accept-Language": "fi"}

    def get(self, path: str) -> tuple[int, float, bytes]:
        """Return the status of the page, how many milliseconds it took, and its body.

        What it links of the service's own is asked for elsewhere, as browsers keep it.
        """
        began = perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        return response.status, (perf_counter() - began) * 1e3, body


def measure() -> list[Figure]:
    with million.filled(clock.today()) as server, servers.service(server) as port:
        million.fill_ledger(server)
        million.fill_findings(server, clock.today())
        return list(_figures(_all(server, port)))


def _all(server: Server, port: int) -> list[Asked]:
    """Return every page as each asked for it who may, and print how it was."""
    _seal(port, server.key(Role.LEAD))
    paths = dict(_paths(server))
    asked: list[Asked] = []
    for person, (role, units) in PEOPLE.items():
        with _reading(port, server, role, units) as reader:
            for each in _asked(reader, person, paths):
                p50, p95 = median(each.took), percentile(each.took, 95)
                print(
                    f"{each.page:44} {person:13} p50 {p50:5.0f} ms, p95 {p95:5.0f} ms, "
                    f"{each.weight:7,} bytes",
                    flush=True,
                )
                asked.append(each)
    unread = set(paths) - {each.page for each in asked}
    assert not unread, f"nobody may see {unread}"
    return asked


def _seal(port: int, key: str) -> None:
    """Seal the first report, as the pages of sealed reports need one."""
    order = {"kind": "monthly", "period": _last_month(), "by": "unit"}
    connection = HTTPConnection(servers.HOST, port, timeout=60)
    connection.request(
        "POST",
        "/v1/reports/sealed",
        body=json.dumps(order),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        },
    )
    answer = connection.getresponse()
    assert answer.status == HTTPStatus.CREATED, answer.read()
    connection.close()


def _last_month() -> str:
    return f"{clock.today().replace(day=1) - timedelta(1):%Y-%m}"


def _paths(server: Server) -> Iterator[tuple[str, str]]:
    """Give the address of every page, by its route, about a case that is overdue."""
    with server.owned.write() as connection:
        asked = {"today": clock.today(), "team": TEAM}
        sample = connection.execute(SAMPLES, asked).one()
    known = {
        **sample._mapping,  # noqa: SLF001 (SQLAlchemy's public name)
        "look": "1-1",
        "number": 1,
        "finding": identity(
            FindingKind.BREACH_UNEXPLAINED,
            *(sample.source, sample.case_ref, sample.rule, sample.started_by),
        ),
    }
    questions = {
        "/cases/{source}/{case_ref:path}/explanation": f"rule={sample.rule}",
        "/figures/seal": f"period={_last_month()}",
        "/figures/waiting/cases": "bin=15-",
        "/figures/flow/cases": f"month={_last_month()}&column=done",
        "/settings/units/change": f"code={TEAM}",
        "/settings/sources/change": f"source={sample.source}",
        "/settings/keys/new": "role=integrator",
    }
    yield from _more()
    for router in pages.ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            if "GET" not in (route.methods or ()) or route.path in NO_PAGES:
                continue
            path = route.path.replace(":path}", "}").format_map(known)
            question = questions.get(route.path)
            yield route.path, f"{path}?{question}" if question else path
    yield from _worklists()


def _worklists() -> Iterator[tuple[str, str]]:
    """Give the worklist in every status, today and as it stood on earlier days."""
    today = clock.today()
    days = {"today": today, "a month ago": today - timedelta(30)}
    days["a year ago"] = today - timedelta(365)
    for when, day in days.items():
        for status in Status:
            question = urlencode({"status": status, "as_of": day})
            yield f"/worklist, {status} {when}", f"/worklist?{question}"


def _more() -> Iterator[tuple[str, str]]:
    """Give pages that there are of a route besides, by what is asked there."""
    days, month = "days_taken=5", f"month={_last_month()}"
    yield f"/figures/cases?{days}", f"/figures/cases?{days}"
    for asked in ("column=ended", "column=backlog&rule=assessment"):
        yield f"/figures/flow/cases?{asked}", f"/figures/flow/cases?{month}&{asked}"


@contextmanager
def _reading(
    port: int, server: Server, role: Role, units: tuple[str, ...]
) -> Iterator[Reader]:
    now = clock.now()
    link = signing_in.make_link(server.database, role=role, units=units, now=now)
    secret = signing_in.use_link(server.database, link, now=now)
    connection = HTTPConnection(servers.HOST, port, timeout=60)
    try:
        yield Reader(connection, f"{Callers(server.database).cookie}={secret}")
    finally:
        connection.close()


def _asked(reader: Reader, person: str, paths: Mapping[str, str]) -> Iterator[Asked]:
    for page, path in paths.items():
        status, _, body = reader.get(path)
        if status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            continue  # somebody else may see it
        assert status == HTTPStatus.OK, (person, path, status, body)
        links = set(_STATIC.findall(body.decode()))
        weight = len(body) + sum(len(reader.get(link)[2]) for link in links)
        took = [reader.get(path)[1] for _ in range(ROUNDS)]
        yield Asked(page=page, person=person, took=took, weight=weight)


def _figures(asked: list[Asked]) -> Iterator[Figure]:
    """Give the slowest page of each kind and person, and the heaviest of all."""
    for person in PEOPLE:
        own = [each for each in asked if each.person == person]
        for is_of_figures, bar in ((False, BAR_MS), (True, FIGURES_BAR_MS)):
            kind = [each for each in own if each.is_of_figures == is_of_figures]
            if not kind:
                continue
            slowest = max(kind, key=lambda each: percentile(each.took, 95))
            yield Figure(
                name=f"slowest page of a {person} p95 ({slowest.page})",
                value=percentile(slowest.took, 95),
                unit="ms",
                at_most=bar,
            )
    heaviest = max(asked, key=lambda each: each.weight)
    yield Figure(
        name=f"heaviest page ({heaviest.page}, {heaviest.weight:,} bytes)",
        value=heaviest.weight / 1e3,
        unit="kB",
        at_most=WEIGHT_BAR_KB,
    )
