"""Places: one caller cannot take them all, and reports take none from the intake."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import httpx2
import psycopg
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from app.api.access import PUBLIC
from app.api.guard.admission import PLACES, Admission, Lane, Places
from app.api.guard.traffic import Traffic
from app.db.database import Database, Work
from app.db.pools import POOLS
from app.domain.access import Role
from app.main import create_app
from tests.api.test_database_away import event
from tests.conftest import Headers, bearer
from tests.guard.talking import HOST, PATIENCE_SECONDS, listening

THREADS = 40  # that Starlette has for what is not asynchronous
# Other tests have databases of their own on the same server.
WAITING_HERE = """
    SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE NOT granted AND datname = current_database()
    """
FEW = Places(at_once=2, waiting=2, per_caller=3, seconds=30, work=Work.READING)


def test_places_are_fewer_than_threads_and_connections() -> None:
    threads = [
        each.at_once for each in PLACES.values() if each is not PLACES[Traffic.EVENTS]
    ]
    assert sum(threads) <= THREADS
    for traffic in (Traffic.READING, Traffic.REPORTS):
        places = PLACES[traffic]
        assert places.at_once <= POOLS[places.work].size
    assert all(each.per_caller < each.at_once for each in PLACES.values())


def test_who_comes_first_is_first() -> None:
    async def story() -> list[str]:
        lane = Lane(FEW)
        entered = []

        async def come(name: str) -> None:
            assert await lane.enter(name.encode()) is None
            entered.append(name)

        coming = []
        for name in ("a", "b", "c", "d"):
            coming.append(asyncio.create_task(come(name)))
            await asyncio.sleep(0)
        assert entered == ["a", "b"]
        lane.leave(b"b")
        lane.leave(b"a")
        await asyncio.gather(*coming)
        return entered

    assert asyncio.run(story()) == ["a", "b", "c", "d"]


def test_where_too_many_wait_the_next_is_turned_away() -> None:
    async def story() -> object:
        lane = Lane(FEW)
        waiting = [asyncio.create_task(lane.enter(b"%d" % each)) for each in range(4)]
        await asyncio.sleep(0)
        refusal = await lane.enter(b"late")
        for task in waiting:
            task.cancel()
        return refusal

    assert asyncio.run(story()) == "service_busy"


def test_who_has_waited_long_is_turned_away_and_leaves_nothing_behind() -> None:
    async def story() -> None:
        lane = Lane(
            Places(at_once=1, waiting=1, per_caller=2, seconds=0, work=FEW.work)
        )
        assert await lane.enter(b"a") is None
        assert await lane.enter(b"a") == "service_busy"
        assert lane.present == 1
        lane.leave(b"a")
        assert lane.present == 0
        assert await lane.enter(b"a") is None

    asyncio.run(story())


def test_one_caller_leaves_places_to_others() -> None:
    async def story() -> None:
        lane = Lane(
            Places(at_once=3, waiting=0, per_caller=2, seconds=0, work=FEW.work)
        )
        assert await lane.enter(b"noisy") is None
        assert await lane.enter(b"noisy") is None
        assert await lane.enter(b"noisy") == "too_many_requests"
        assert await lane.enter(b"other") is None

    asyncio.run(story())


def test_no_report_is_begun_while_intake_or_worklist_press() -> None:
    async def story() -> None:
        for traffic in (Traffic.EVENTS, Traffic.READING):
            admission = Admission()
            assert await admission.enter(Traffic.REPORTS, b"x") is None
            coming = [
                asyncio.create_task(admission.enter(traffic, b"%d" % each))
                for each in range(PLACES[Traffic.EVENTS].at_once)
            ]
            await asyncio.sleep(0)
            assert await admission.enter(Traffic.REPORTS, b"y") == "service_busy"
            for task in coming:
                task.cancel()

    asyncio.run(story())


@given(steps=st.lists(st.sampled_from([b"a", b"b", b"c", b"-a", b"-b", b"-c"])))
def test_whatever_happens_every_place_is_given_back(steps: Sequence[bytes]) -> None:
    async def story() -> None:
        lane = Lane(
            Places(at_once=2, waiting=1, per_caller=2, seconds=0, work=FEW.work)
        )
        inside = Counter[bytes]()
        for step in steps:
            caller = step[-1:]
            if step == caller:
                inside[caller] += await lane.enter(caller) is None
            elif inside[caller]:
                inside[caller] -= 1
                lane.leave(caller)
            assert lane.present == inside.total() <= 2
            assert max(inside.values(), default=0) <= 2
        for caller in inside.elements():
            lane.leave(caller)
        assert lane.present == 0

    asyncio.run(story())


class Held:
    """A service with a report and a question that take as long as the test wants."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self._threads = ThreadPoolExecutor(32)

    def hold(self) -> dict[str, str]:
        self.begun.release()
        assert self.may_end.wait(PATIENCE_SECONDS)
        return {}

    def ask(self, path: str, caller: str) -> Future[httpx2.Response]:
        headers = {"Authorization": caller}
        return self._threads.submit(self.client.get, path, headers=headers)

    def ask_and_see(
        self, path: str, callers: Sequence[str]
    ) -> list[Future[httpx2.Response]]:
        """Ask, and go on when all are being answered."""
        asked = [self.ask(path, caller) for caller in callers]
        for _ in asked:
            assert self.begun.acquire(timeout=PATIENCE_SECONDS)
        return asked

    def release(self, asked: Sequence[Future[httpx2.Response]]) -> list[int]:
        self.may_end.set()
        wait(asked, PATIENCE_SECONDS)
        return [each.result().status_code for each in asked]


@pytest.fixture
def held(database: Database) -> Iterator[Held]:
    app = create_app(database)
    with TestClient(app) as client:
        held = Held(client)
        for path in ("/v1/reports/held", "/v1/held"):
            app.add_api_route(path, held.hold, dependencies=[PUBLIC])
        yield held
        held.may_end.set()


REPORTS = PLACES[Traffic.REPORTS]


def test_reports_that_hang_hold_up_neither_intake_nor_worklist(
    held: Held, headers: Headers
) -> None:
    begun = held.ask_and_see("/v1/reports/held", ["a", "a", "b", "b"])
    more = [held.ask("/v1/reports/held", caller) for caller in "cccdddeee"]

    posted = [
        held.client.post("/v1/events", json=event(n), headers=headers.integrator)
        for n in range(20)
    ]
    read = [held.client.get("/v1/deadlines", headers=headers.lead) for _ in range(20)]
    refused = [each.result(PATIENCE_SECONDS) for each in more]
    statuses = held.release(begun)

    assert {each.status_code for each in posted} == {201}
    assert {each.status_code for each in read} == {200}
    assert {each.status_code for each in refused} == {503}
    assert all(int(each.headers["Retry-After"]) > 0 for each in refused)
    assert all(each.json()["type"].endswith(":service-busy") for each in refused)
    assert statuses == [200] * REPORTS.at_once
    assert held.client.get("/v1/reports/held").status_code == 200


def test_a_noisy_caller_is_told_to_wait_and_others_are_not(
    held: Held, headers: Headers
) -> None:
    most = PLACES[Traffic.READING].per_caller
    begun = held.ask_and_see("/v1/held", ["noisy"] * most)

    refused = held.ask("/v1/held", "noisy").result(PATIENCE_SECONDS)
    other = held.client.get("/v1/deadlines", headers=headers.lead)
    statuses = held.release(begun)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["type"].endswith(":too-many-requests")
    assert other.status_code == 200
    assert statuses == [200] * most
    assert held.ask("/v1/held", "noisy").result(PATIENCE_SECONDS).status_code == 200


def test_who_asks_whether_we_live_needs_no_place(held: Held) -> None:
    callers = [f"{each}" for each in range(PLACES[Traffic.READING].at_once)]
    begun = held.ask_and_see("/v1/held", callers)

    alive = held.client.get("/health/live")

    assert alive.status_code == 200
    assert set(held.release(begun)) == {200}


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"url": "/v1/deadlines?format=pdf"}, id="by parameter"),
        pytest.param(
            {"url": "/v1/deadlines", "headers": {"Accept": "application/pdf"}},
            id="by header",
        ),
    ],
)
def test_a_worklist_as_a_file_is_a_report(
    held: Held, headers: Headers, asked: dict[str, dict[str, str]]
) -> None:
    begun = held.ask_and_see("/v1/reports/held", ["a", "a", "b", "b"])

    given = headers.lead | dict(asked.get("headers", {}))
    refused = held.client.get(str(asked["url"]), headers=given)

    assert refused.status_code == 503
    assert set(held.release(begun)) == {200}


def test_beyond_what_it_can_do_the_service_says_so_and_loses_nothing(
    database: Database,
) -> None:
    """Send more at once than there are places, by three callers."""
    keys = [
        bearer(database, Role.INTEGRATOR, source=source)["Authorization"]
        for source in ("client-a", "client-b", "client-c")
    ]
    most = PLACES[Traffic.EVENTS].at_once

    with listening(create_app(database)) as port:
        statuses = asyncio.run(_post_at_once(port, keys, most + 50))
        later = asyncio.run(_post_at_once(port, keys, 3))

    told = Counter(statuses)
    assert set(told) <= {201, 429, 503}
    assert told[201] > 0
    # Which of them had found a place is for the network to say.
    assert later == [200 if each == 201 else 201 for each in statuses[:3]]
    with database.write() as connection:
        stored = connection.scalar(text("SELECT count(*) FROM case_event"))
    assert stored == told[201] + later.count(201)


async def _post_at_once(port: int, keys: Sequence[str], number: int) -> list[int]:
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(
        base_url=f"http://{HOST}:{port}",
        timeout=PATIENCE_SECONDS,
        limits=limits,
        trust_env=False,
        verify=False,
    ) as client:

        async def post(each: int) -> int:
            source = each % len(keys)
            answer = await client.post(
                "/v1/events",
                json=event(each, source=f"client-{'abc'[source]}"),
                headers={"Authorization": keys[source]},
            )
            return answer.status_code

        return await asyncio.gather(*map(post, range(number)))


@pytest.mark.usefixtures("patience_of_the_service")
def test_a_lock_that_stays_costs_refusals_and_leaves_no_queue(
    owner_url: str, client: TestClient, headers: Headers
) -> None:
    """Hold the busiest table, and see that nobody waits for it longer than told."""
    owner = make_url(owner_url).set(drivername="postgresql")
    with (
        psycopg.connect(owner.render_as_string(hide_password=False)) as holding,
        ThreadPoolExecutor(4) as threads,
    ):
        holding.execute("LOCK TABLE deadline IN ACCESS EXCLUSIVE MODE")
        asked = [
            threads.submit(client.get, path, headers=headers.lead)
            for path in ("/v1/deadlines", "/v1/reports/compliance?period=2026")
            for _ in range(2)
        ]
        refused = [each.result(PATIENCE_SECONDS) for each in asked]
        queue = holding.execute(WAITING_HERE).fetchall()
        holding.rollback()

    assert {each.status_code for each in refused} == {503}
    assert queue == []
    assert client.get("/v1/deadlines", headers=headers.lead).status_code == 200
