"""A county in which everything that may be a text is one that would rather be more."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import psycopg
from fastapi.testclient import TestClient
from psycopg import sql
from sqlalchemy import Text as TextColumn
from sqlalchemy import make_url
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

from app import clock
from app.db import people
from app.db import saved_views as view_table
from app.db.database import Database
from app.db.people import Person
from app.db.saved_views import SavedView
from app.db.tables import metadata
from app.db.units import Unit
from app.domain.access import Role
from app.domain.texts import Text
from app.main import create_app
from app.services import keys, saved_views, signing_in, sources, units
from tests.api.sending import Wire, decision, event, notification, transfer
from tests.conftest import bearer, fresh_database
from tests.web.county import County, ago
from tests.web.hostile_texts import HOSTILE_TEXTS, MARK

SOURCE, OLD_SOURCE, CASE = HOSTILE_TEXTS[2], HOSTILE_TEXTS[4], HOSTILE_TEXTS[0]
LINKS = "https://client.example/'onfocus='hit(0)'/{case_ref}"
# Their words are ours: codes, days, numbers, and the ids that we give ourselves.
OURS = frozenset(
    {
        "access_log.person",
        "access_log.watermark",
        "activation.law",
        "api_key.key_id",
        "api_key.networks",
        "api_key.revoked_by",
        "api_key.role",
        "case_event.kind",
        "case_finding.id",
        "case_finding.kind",
        "control_count.counts",
        "deadline.age_band",
        "deadline.entry",
        "deadline.language_group",
        "deadline.matter",
        "deadline.nationality_group",
        "deadline.outcome",
        "deadline.reasons",
        "deadline.rule",
        "deadline.version",
        "export_count.person",
        "finding_closure.closed_by",
        "finding_closure.finding",
        "finding_closure.reason",
        "forgotten_line.source",  # shown nowhere
        "person.person_id",
        "publication.month",
        "publication.published_by",
        "report_setting.settings",
        "saved_view.person",
        "sealed_report.kind",
        "sealed_report.period",
        "sealed_report.sealed_by",
        "service_secret.name",
        "session.issuer",
        "session.person_id",
        "session.roles",
        "sign_in_link.person_id",
        "sign_in_link.role",
    }
)


@contextmanager
def poisoned_county(server_url: str, template: str) -> Iterator[County]:
    """Give the county."""
    with fresh_database(server_url, template) as database:
        app = create_app(database)
        with TestClient(app) as client:
            _fill(database, client)
        yield County(app, database)


def events() -> list[Wire]:
    """Return what has happened: late, soon due, odd, moved from unit to unit."""
    child = {"age_years": 7, "mother_tongue": "fi", "citizenship": "FI"}
    of_each = [
        notification(
            text,
            ago(50 if place % 2 else 3),
            event_id=text,
            unit=text,
            worker=text,
            child={**child, "ref": text},
            copy_of={"source": text, "id": text},
        )
        for place, text in enumerate(HOSTILE_TEXTS)
    ]
    moved = [
        {**transfer(CASE, ago(2), text), "id": f"moved {text}"}
        for text in HOSTILE_TEXTS
    ]
    return [
        *of_each,
        *moved,
        # Decided before it came in; said why it is late; put right.
        decision(f"odd {CASE}", ago(49), event_id=f"odd {CASE}"),
        event(
            "delay_explained",
            HOSTILE_TEXTS[1],
            ago(5),
            {
                "rule": "initiation",
                "cause": "staff_shortage",
                "action": "overtime",
                "explains": HOSTILE_TEXTS[1],
            },
            f"why {CASE}",
        ),
        event(
            "correction",
            HOSTILE_TEXTS[3],
            ago(4),
            {
                "target": HOSTILE_TEXTS[3],
                "reason": "wrong_date",
                "occurred_on": ago(48),
                "data": of_each[3]["data"],
            },
            f"put right {CASE}",
        ),
        event(
            "closure",
            HOSTILE_TEXTS[5],
            ago(1),
            {"reason": "merged", "into": CASE},
            f"merged {CASE}",
        ),
    ]


def keep_views(database: Database, person_id: str) -> None:
    """Keep a question for the person under every hostile name."""
    with database.write() as connection:
        for text in HOSTILE_TEXTS:
            view = SavedView(
                name=text[: saved_views.LONGEST_NAME],
                asked=urlencode({"worker": text}, safe="()"),
            )
            view_table.put(connection, person_id, view, clock.now())


def unpoisoned(owner_url: str) -> set[str]:
    """Return the columns where a text of somebody else's may stand, and none does."""
    url = make_url(owner_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        return {
            f"{table.name}.{column.name}"
            for table in metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, TextColumn | ARRAY | JSON | JSONB)
            and f"{table.name}.{column.name}" not in OURS
            and not _holds_mark(connection, table.name, column.name)
        }


def _holds_mark(
    connection: psycopg.Connection[tuple[bool]], table: str, column: str
) -> bool:
    found = connection.execute(
        sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE strpos({}::text, %s) > 0)").format(
            sql.Identifier(table), sql.Identifier(column)
        ),
        [MARK],
    ).fetchone()
    return found is not None and found[0]


def _fill(database: Database, client: TestClient) -> None:
    _operate(database)
    integrator = bearer(database, Role.INTEGRATOR, source=SOURCE)
    sent = [{**each, "source": SOURCE} for each in events()]
    _post(client, integrator, "/v1/events/batch", sent)
    _post(client, integrator, "/v1/events", {**sent[0], "occurred_on": ago(9)})
    counts = {"day": ago(3), "counts": {"notification": 99}, "last_id": CASE}
    _post(client, integrator, f"/v1/sources/{quote(SOURCE)}/control-counts", counts)
    lead = bearer(database, Role.LEAD)
    for path, body in (
        ("/v1/reports/sealed", {"kind": "monthly", "period": ago(50)[:7]}),
        (
            f"/v1/cases/{quote(SOURCE)}/{quote(HOSTILE_TEXTS[7])}/delays",
            {"rule": "initiation", "cause": "staff_shortage", "action": "overtime"},
        ),
        ("/v1/publications", {"month": f"{ago(50)[:4]}-01"}),
    ):
        _post(client, lead, path, body)


def _operate(database: Database) -> None:
    """Do what operators do, and providers of identities."""
    above: list[str | None] = [None, CASE]
    units.put(
        database,
        [
            Unit(
                code=text if parent is None else f"below {text}",
                parent=parent,
                name=Text(fi=text, sv=text, en=text),
            )
            for parent in above
            for text in HOSTILE_TEXTS
        ],
        by=CASE,
    )
    sources.succeed(database, OLD_SOURCE, SOURCE, clock.today(), by=CASE)
    sources.put_link(database, SOURCE, LINKS, by=CASE)
    keys.create(
        database,
        role=Role.LEAD,
        source=None,
        units=HOSTILE_TEXTS,
        holder=CASE,
        created_by=CASE,
        created_at=clock.now(),
    )
    link = signing_in.make_link(
        database, role=Role.LEAD, units=HOSTILE_TEXTS, now=clock.now(), made_by=CASE
    )
    signing_in.use_link(database, link, now=clock.now())
    somebody = Person(person_id="p1", issuer=CASE, subject=CASE, name=CASE)
    with database.write() as connection:
        people.remember(connection, somebody, seen_at=clock.now())
    keep_views(database, somebody.person_id)


def _post(client: TestClient, key: dict[str, str], path: str, body: object) -> None:
    said = {**key, "Idempotency-Key": "hit(1)"}
    answer = client.post(path, json=body, headers=said)
    assert answer.status_code in {200, 201, 409}, (path, answer.text)
