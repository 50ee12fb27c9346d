"""The commands, run as an operator runs them: as processes, on a real database."""

import json
import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from app import clock
from app.cli.common import operator
from app.db.database import Database
from app.domain.access import Actor, Role
from app.services import freshness, keys, sessions, signing_in, units
from app.services.sources import client_links
from tests import databases
from tests.api.sending import decision, notification, send
from tests.commands import MAARAAIKA, run
from tests.conftest import Headers, bearer
from tests.ports import free_port

PATIENCE = 60.0
PERIODS = {
    "MAARAAIKA_RETENTION_PAYLOADS": "P5Y",
    "MAARAAIKA_RETENTION_SKELETONS": "P1Y",
    "MAARAAIKA_RETENTION_ACCESS_LOG": "P12Y",
    "MAARAAIKA_RETENTION_TECHNICAL_LOGS": "P90D",
}


@pytest.fixture
def configured(
    database_url: str, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Configure the commands for a database of the test's own."""
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)
    monkeypatch.setenv("MAARAAIKA_MIGRATION_DATABASE_URL", owner_url)
    for name, period in PERIODS.items():
        monkeypatch.setenv(name, period)
    return database_url


@pytest.fixture
def empty_url(server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Configure the commands for a database without any migration; give its URL."""
    name = databases.create(server_url)
    url = databases.url(server_url, name)
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", url)
    yield url
    databases.drop(server_url, name)


def succeed(*words: str) -> str:
    """Return what `maaraaika` with *words* writes to standard output; it succeeds."""
    done = run(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*words: str) -> str:
    """Return what `maaraaika` with *words* says when it refuses: a line, no trace."""
    done = run(*words)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 3, done.stderr
    return done.stderr


def test_explain_counts_both_deadlines_and_names_each_skipped_day() -> None:
    told = succeed("explain", "2025-12-22")

    initiation, assessment = told.strip().split("\n\n")
    assert "määräpäivä ke 7.1.2026, varma päivä ma 5.1.2026" in initiation
    for skipped in (
        "ke 24.12.2025: ei lueta, jouluaatto",
        "to 25.12.2025: ei lueta, joulupäivä",
        "pe 26.12.2025: ei lueta, toinen joulupäivä",
        "la 27.12.2025: ei lueta, lauantai",
        "su 28.12.2025: ei lueta, sunnuntai",
        "to 1.1.2026: ei lueta, uudenvuodenpäivä",
        "la 3.1.2026: ei lueta, lauantai",
        "su 4.1.2026: ei lueta, sunnuntai",
        "ti 6.1.2026: ei lueta, loppiainen",
    ):
        assert skipped in initiation
    # 23.12. and 29.-31.12.; 2.1., 5.1. and 7.1.
    assert initiation.count(": arkipäivä ") == 7
    assert initiation.count(": ei lueta, ") == 9
    assert "määräpäivä ma 23.3.2026, varma päivä pe 20.3.2026" in assessment
    assert "3 kuukauden aika päättyy su 22.3.2026" in assessment


def test_explain_speaks_the_language_asked_for_and_never_breaks_a_line() -> None:
    told = succeed("explain", "2025-12-22", "--lang", "en")

    assert (
        "  Initiation of the service-needs assessment: pending since Mon 22 Dec 2025, "
        "due Wed 7 Jan 2026, safe date Mon 5 Jan 2026.\n"
    ) in told
    assert "due Mon 23 Mar 2026, safe date Fri 20 Mar 2026.\n" in told
    assert "Sun 22 Mar 2026" in told


def test_explain_follows_the_reading_and_the_calendar_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calendar = tmp_path / "calendar.toml"
    calendar.write_text(
        '[[extra]]\nday = 2025-12-23\nfi = "lisävapaa"\nsv = "extra fridag"\n'
        'en = "extra day"\ncitation = "laki [1/2025]"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("MAARAAIKA_CALENDAR_FILE", str(calendar))
    monkeypatch.setenv("MAARAAIKA_EVES", "working")
    monkeypatch.setenv("MAARAAIKA_ROLL", "off")

    told = succeed("explain", "2025-12-22", "--lang", "sv")

    # 24.12. 1, 29.-31.12. 2-4, 2.1. 5, 5.1. 6, 7.1. 7
    assert "tis 23.12.2025: räknas inte, extra fridag (laki [1/2025])" in told
    assert "löper ut ons 7.1.2026" in told
    assert "löper ut sön 22.3.2026" in told


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("22.12.2025", "2025-12-22"),
        ("2007-12-31", "outside 2008-2100"),
    ],
)
def test_explain_refuses_in_a_line(day: str, says: str) -> None:
    done = run("explain", day)

    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["serve"], ["explain", "2025-12-22"]])
def test_an_unknown_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("MAARAAIKA_EVES", "nonworking")

    assert "MAARAAIKA_EVES" in refused(*words)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://u:secret@db/m", "postgresql://user:password@host:5432/database"),
        ("postgresql://u:secret@127.0.0.1:1/m", "did not answer"),
    ],
)
def test_a_database_that_cannot_be_had_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", url)

    told = refused("key", "list")

    assert says in told
    assert "secret" not in told


@pytest.mark.usefixtures("configured")
def test_a_key_is_printed_alone_once_and_is_good_until_it_is_revoked(
    database: Database,
) -> None:
    printed = succeed("key", "create", "--role", "integrator", "--source", "client-a")

    key = printed.removesuffix("\n")
    assert key.startswith("mk_")
    assert key.split() == [key]
    key_id, secret = key.split("_", 2)[1:]
    actor = keys.look_up(database, key)
    assert actor is not None
    assert (actor.role, actor.source) == (Role.INTEGRATOR, "client-a")
    listed = succeed("key", "list")
    assert key_id in listed
    assert "client-a" in listed
    assert secret not in listed

    succeed("key", "revoke", key_id)

    assert keys.look_up(database, key) is None
    assert key_id in succeed("key", "list")
    assert f"no valid key {key_id}" in refused("key", "revoke", key_id)


@pytest.mark.usefixtures("configured")
def test_a_key_is_rotated_without_a_moment_without_one(database: Database) -> None:
    words = ("--role", "lead", "--unit", "a", "--holder", "reporting")
    old = succeed("key", "create", *words, "--expires", "2099-12-31").strip()
    old_id = old.split("_")[1]

    new = run("key", "rotate", old_id)

    assert new.returncode == 0
    assert f"maaraaika key revoke {old_id}" in new.stderr
    actors = [keys.look_up(database, key) for key in (old, new.stdout.strip())]
    assert [actor.units for actor in actors if actor] == [{"a"}, {"a"}]
    third = refused("key", "rotate", old_id)
    assert "reporting has two good keys" in third
    listed = succeed("key", "list")
    assert listed.count("reporting") == 2
    # The last day is whole: the key ends at midnight in Helsinki, UTC two hours before.
    assert "2099-12-31" in listed
    assert "no good key 00000000" in refused("key", "rotate", "00000000")


@pytest.mark.usefixtures("configured")
def test_the_list_of_keys_tells_by_whom_until_when_and_when_last(
    database: Database,
    owned: Database,
) -> None:
    used = succeed("key", "create", "--role", "admin").strip()
    keys.look_up(database, used)
    with owned.write() as connection:
        connection.exec_driver_sql("UPDATE api_key SET expires_at = NULL")
    succeed("key", "create", "--role", "auditor", "--expires", "2099-06-30")

    endless, ending = (
        line for line in succeed("key", "list").splitlines() if "│ a" in line
    )

    me = pwd.getpwuid(os.getuid()).pw_name
    assert me in endless
    assert str(clock.today()) in endless
    assert "no end: rotate it" in endless
    assert "never" in ending
    assert "2099-06-30" in ending


@pytest.mark.usefixtures("configured")
def test_a_lead_may_have_several_units_and_an_admin_none(database: Database) -> None:
    lead = succeed("key", "create", "--role", "lead", "--unit", "a", "--unit", "[b]")
    admin = succeed("key", "create", "--role", "admin")

    actors = [keys.look_up(database, key.strip()) for key in (lead, admin)]

    assert [actor.role for actor in actors if actor] == [Role.LEAD, Role.ADMIN]
    assert [actor.units for actor in actors if actor] == [{"a", "[b]"}, set()]
    assert "a, [b]" in succeed("key", "list")


@pytest.mark.usefixtures("configured")
def test_the_service_does_not_listen_where_others_could_come_unknown() -> None:
    told = refused("serve", "--host", "0.0.0.0")  # noqa: S104 (what is refused)

    assert "MAARAAIKA_PUBLIC_URL" in told
    assert "127.0.0.1" in told


@pytest.mark.usefixtures("configured")
def test_a_sign_in_link_is_made_and_the_session_of_it_ended(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAARAAIKA_HOST", "::")
    named = succeed("sign-in-link", "--role", "lead", "--person", "A. Lead").strip()
    signing_in.use_link(database, named.partition("?code=")[2], now=clock.now())
    printed = succeed("sign-in-link", "--role", "lead", "--unit", "a").strip()
    address, _, code = printed.partition("?code=")
    assert address == "http://127.0.0.1:8000/sign-in/link"
    secret = signing_in.use_link(database, code, now=clock.now())
    signed_in = sessions.look_up(database, {}, secret)
    assert signed_in is not None
    actor = signed_in.actor
    assert actor.role is Role.LEAD
    assert actor.units == {"a"}

    listed = succeed("session", "list")
    assert actor.key_id in listed
    assert "sign-in link by" in listed
    assert "A. Lead" in listed
    assert secret not in listed

    succeed("session", "end", actor.key_id)
    assert sessions.look_up(database, {}, secret) is None
    assert "not signed in" in refused("session", "end", actor.key_id)
    assert "key create" in refused("sign-in-link", "--role", "integrator")


@pytest.mark.usefixtures("configured")
def test_where_there_is_a_provider_no_link_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "identity.toml"
    file.write_text(
        '[[provider]]\nissuer = "https://login.example.fi"\nalgorithm = "RS256"\n'
        'sign_in.client_id = "web"\nroles.a = "lead"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("MAARAAIKA_IDENTITY_FILE", str(file))
    monkeypatch.setenv("MAARAAIKA_PUBLIC_URL", "https://deadlines.example")

    assert "MAARAAIKA_IDENTITY_FILE" in refused("sign-in-link", "--role", "lead")


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--role", "integrator"], "--source"),
        (["--role", "lead", "--source", "client-a"], "--source"),
        (["--role", "admin", "--expires", "2020-01-01"], "ended already"),
        (["--role", "admin", "--expires", "soon"], "2025-12-22"),
        (
            ["--role", "integrator", "--source", "client-a", "--holder", "b"],
            "is its source",
        ),
        (["--role", "admin", "--holder", "010594Y9032"], "identity code"),
        (["--role", "admin", "--unit", "a"], "--role lead"),
    ],
)
def test_a_key_that_cannot_be_is_refused_with_what_to_give(
    database: Database, words: list[str], says: str
) -> None:
    assert says in refused("key", "create", *words)

    with database.write() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM api_key").scalar() == 0


@pytest.mark.usefixtures("configured")
def test_units_are_imported_from_a_spreadsheet_s_csv(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "units.csv"
    # A byte order mark, another order of columns, a column of one's own, a parent
    # that stands after its child.
    file.write_text(
        "\ufeffparent,code,sv,fi,en,note\r\n"
        "espoo,alberga,Alberga,Leppävaara,Leppävaara,x\r\n"
        ',espoo,Esbo,"Espoo, kaupunki",Espoo,\r\n',
        encoding="utf-8",
    )

    assert "2 units recorded" in succeed("unit", "import", str(file))

    known = {unit.code: unit for unit in units.all_units(database)}
    assert known["alberga"].parent == "espoo"
    assert known["alberga"].name.fi == "Leppävaara"
    assert known["espoo"].parent is None
    assert known["espoo"].name.fi == "Espoo, kaupunki"


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("code;parent;fi;sv;en\n", "lacks", id="semicolons"),
        pytest.param(
            "code,parent,fi,sv,en\na,,A,A,A\nb,a\n", "line 3", id="a short line"
        ),
        pytest.param(
            "code,parent,fi,sv,en\na,b,A,A,A\nb,a,B,B,B\n",
            "below itself",
            id="a circle",
        ),
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param("code,parent,fi,sv,en\na,,Ä,Ä,Ä\n", "UTF-8", id="Latin-1"),
    ],
)
def test_a_file_of_units_is_taken_whole_or_not_at_all(
    database: Database, tmp_path: Path, content: str | None, says: str
) -> None:
    file = tmp_path / "u.csv"
    if content is not None:
        file.write_bytes(content.encode("latin-1"))

    assert says in refused("unit", "import", str(file))

    assert units.all_units(database) == []


def test_a_configured_database_is_migrated_on_demand_only(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "maaraaika migrate" in refused("serve", "--port", "1")
    assert "maaraaika migrate" in refused("key", "list")

    succeed("migrate")

    told = refused("serve", "--port", "1")
    assert "which is a superuser" in told
    assert "GRANT maaraaika_service TO maaraaika_app;" in told
    come_as_the_service(monkeypatch, empty_url)
    assert "key id" in succeed("key", "list")


def come_as_the_service(monkeypatch: pytest.MonkeyPatch, owner_url: str) -> None:
    """Let the commands know the owner as one who migrates, and not as the service."""
    database = make_url(owner_url).database
    assert database is not None
    service_url = databases.service_url(owner_url, database)
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", service_url)
    monkeypatch.setenv("MAARAAIKA_MIGRATION_DATABASE_URL", owner_url)
    databases.let_service_in(owner_url)


def test_a_role_of_the_service_is_made_by_who_may_and_owns_nothing(
    empty_url: str, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = f"service_{uuid4().hex[:12]}"
    address = make_url(empty_url).set(username=login, password="its-password")
    service_url = address.render_as_string(hide_password=False)
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", service_url)
    monkeypatch.setenv("MAARAAIKA_MIGRATION_DATABASE_URL", empty_url)
    monkeypatch.setenv("MAARAAIKA_SERVICE_PASSWORD", "its-password")

    succeed("migrate")
    succeed("migrate")

    assert "key id" in succeed("key", "list")
    monkeypatch.delenv("MAARAAIKA_MIGRATION_DATABASE_URL")
    for command in ("migrate", "rebuild"):
        assert "MAARAAIKA_MIGRATION_DATABASE_URL" in refused(command)
    databases.execute(server_url, f"DROP ROLE {login}")


@pytest.mark.usefixtures("configured")
def test_another_reading_is_refused_until_the_deadlines_are_computed_anew(
    client: TestClient, headers: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, headers.integrator, notification("A", "2025-12-22"))
    monkeypatch.setenv("MAARAAIKA_ROLL", "off")

    told = run("serve", "--port", "1")

    assert told.returncode != 0
    assert "Traceback" not in told.stderr
    assert "Restore the settings" in told.stderr
    assert "maaraaika rebuild" in told.stderr


@pytest.mark.usefixtures("configured")
def test_rebuild_brings_back_what_was_lost_from_the_read_model(
    client: TestClient, owned: Database, headers: Headers
) -> None:
    send(
        client,
        headers.integrator,
        notification("A", "2025-12-22"),
        decision("A", "2026-01-08"),
    )
    url = "/v1/deadlines?status=all"
    before = client.get(url, headers=headers.lead).json()["items"]
    with owned.write() as connection:
        connection.exec_driver_sql("DELETE FROM deadline")
    assert client.get(url, headers=headers.lead).json()["items"] == []

    succeed("rebuild")

    again = client.get(url, headers=headers.lead).json()["items"]
    assert len(before) == 2
    assert again == before


@pytest.mark.usefixtures("configured")
def test_commands_work_beside_a_running_service(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics_port = free_port()
    monkeypatch.setenv("MAARAAIKA_METRICS_PORT", str(metrics_port))
    lead = bearer(database, Role.LEAD)
    file = tmp_path / "units.csv"
    file.write_text("code,parent,fi,sv,en\na,,A,A,A\n", encoding="utf-8")
    port = free_port()
    with subprocess.Popen(  # noqa: S603 (our own command)
        [MAARAAIKA, "serve", "--port", str(port)], stderr=subprocess.PIPE, text=True
    ) as service:
        try:
            with httpx2.Client(
                base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE
            ) as caller:
                _wait_until_ready(caller, service)
                assert caller.get("/v1/units", headers=lead).json() == []

                succeed("unit", "import", str(file))
                key = succeed("key", "create", "--role", "lead").strip()
                succeed("rebuild")

                header = {"Authorization": f"Bearer {key}"}
                listed = caller.get("/v1/units", headers=header)
                assert [unit["code"] for unit in listed.json()] == ["a"]

                succeed("key", "revoke", key.split("_")[1])
                within = monotonic() + PATIENCE
                while caller.get("/v1/units", headers=header).status_code == 200:
                    assert monotonic() < within
                    sleep(0.2)
                refusal = caller.get("/v1/units", headers=header)
                assert refusal.status_code == 401
                metrics = httpx2.get(f"http://127.0.0.1:{metrics_port}/metrics").text
                assert 'route="/v1/units",status="200"' in metrics
        finally:
            service.send_signal(signal.SIGTERM)
            _, told = service.communicate(timeout=PATIENCE)
    lines = [json.loads(line) for line in told.splitlines()]
    assert {line["event"] for line in lines[1:-1]} == {"request"}
    assert [lines[0]["event"], lines[-1]["event"]] == ["started", "stopped"]
    assert service.returncode in {0, -signal.SIGTERM, 128 + signal.SIGTERM}


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("setting", ["MAARAAIKA_PORT", "MAARAAIKA_METRICS_PORT"])
def test_a_port_that_is_taken_is_told_by_its_reason(
    monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("MAARAAIKA_PORT", str(free_port()))
        monkeypatch.setenv(setting, str(listener.getsockname()[1]))

        done = run("serve")

    assert done.returncode != 0
    assert "ddress already in use" in done.stderr
    assert "Traceback" not in done.stderr


def _wait_until_ready(caller: httpx2.Client, service: subprocess.Popen[str]) -> None:
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        assert service.poll() is None
        try:
            if caller.get("/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            sleep(0.1)
    pytest.fail("the service did not become ready")


def test_how_long_a_source_may_be_silent_is_said_by_the_operator(
    configured: str, database: Database
) -> None:
    _ = configured

    succeed("source", "rhythm", "client-a", "--working-hours", "16")
    succeed("source", "live", "client-a", "--since", "2026-03-02")
    succeed("source", "references", "client-a", "no_hashes")
    succeed("source", "link", "client-a", "https://a.example/cases/{case_ref}")

    (state,) = freshness.states(database, Actor(role=Role.ADMIN))
    assert state.setting.expected_working_hours == 16
    assert state.setting.refuses_hashes
    assert str(state.setting.live_since) == "2026-03-02"
    assert state.setting.link_template == "https://a.example/cases/{case_ref}"
    assert state.setting.recorded_by == operator()
    assert (
        "--working-hours" in run("source", "rhythm", "a", "--working-hours", "0").stderr
    )
    assert (
        "{case_ref}" in run("source", "link", "client-a", "https://a.example/").stderr
    )
    told = run("source", "link", "client-a", "https://a.example/a@b.example/{case_ref}")
    assert "tells who someone is" in told.stderr
    assert client_links(database).to("client-a", "A 1") is not None

    succeed("source", "link", "client-a")

    assert client_links(database).to("client-a", "A 1") is None
