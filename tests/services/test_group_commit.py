"""Requests that arrive together share a transaction, and nothing else."""

import asyncio
import threading
from collections.abc import Awaitable, Sequence
from datetime import UTC, date, datetime

import pytest

from app.db.database import DatabaseUnavailableError
from app.db.events import Place
from app.domain.events import Kind
from app.services.group_commit import (
    LARGEST_GROUP,
    SMALLEST_CROWD,
    GroupCommit,
)
from app.services.intake import Outcome, Status, Submission
from tests.factories import notification, submission

PATIENCE_SECONDS = 60.0
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def sent(name: str) -> Submission:
    return submission(notification(date(2026, 3, 2), name))


def names(submissions: Sequence[Submission]) -> list[str]:
    return [each.event.event_id for each in submissions]


class Ledger:
    """Records in memory as the intake does; a *bad* name fails; it can be held up."""

    def __init__(self, *, bad: str = "", away: bool = False) -> None:
        self.transactions: list[list[str]] = []
        self.committed: list[str] = []
        self.begun = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._bad = bad
        self._away = away
        self._lock = threading.Lock()

    def __call__(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        """Return an outcome for each, in order, as one transaction."""
        with self._lock:
            self.transactions.append(names(submissions))
            self.begun.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        if self._away:
            raise DatabaseUnavailableError("away")
        if self._bad in names(submissions):
            raise ValueError(self._bad)
        with self._lock:
            self.committed += names(submissions)
        return [
            Outcome(
                submission=each,
                status=Status.CREATED,
                place=PLACE,
                clocks=(),
            )
            for each in submissions
        ]


PLACE = Place(1, NOW, b"digest", b"hash", Kind.NOTIFICATION, "A-1")


async def busy(group_commit: GroupCommit, ledger: Ledger) -> asyncio.Task[str]:
    """Occupy the writer until *ledger* may go on."""
    ledger.may_go_on.clear()
    task = asyncio.create_task(post(group_commit, "first"))
    assert await asyncio.to_thread(ledger.begun.wait, PATIENCE_SECONDS)
    return task


async def post(group_commit: GroupCommit, *events: str) -> str:
    """Hand *events* in as one request; return what became of it."""
    try:
        outcomes = await group_commit.record([sent(name) for name in events])
    except (ValueError, DatabaseUnavailableError) as error:
        return type(error).__name__
    assert names([outcome.submission for outcome in outcomes]) == list(events)
    return "answered"


async def all_of(tasks: Sequence[Awaitable[str]]) -> list[str]:
    return list(await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE_SECONDS))


def test_a_request_that_comes_alone_is_written_at_once() -> None:
    ledger = Ledger()

    async def scenario() -> str:
        async with GroupCommit(ledger) as group_commit:
            return await asyncio.wait_for(
                post(group_commit, "e-1", "e-2"), PATIENCE_SECONDS
            )

    assert asyncio.run(scenario()) == "answered"
    assert ledger.transactions == [["e-1", "e-2"]]


def test_those_that_come_while_the_writer_is_busy_share_the_next_transaction() -> None:
    ledger = Ledger()

    async def scenario() -> list[str]:
        async with GroupCommit(ledger) as group_commit:
            first = await busy(group_commit, ledger)
            later = [
                asyncio.create_task(post(group_commit, f"{number}-a", f"{number}-b"))
                for number in range(SMALLEST_CROWD)
            ]
            await asyncio.sleep(0.01)
            ledger.may_go_on.set()
            return await all_of([first, *later])

    assert asyncio.run(scenario()) == ["answered"] * (1 + SMALLEST_CROWD)
    shared = ledger.transactions[1:]
    assert len(shared) == 1
    assert shared[0] == [
        name
        for number in range(SMALLEST_CROWD)
        for name in (f"{number}-a", f"{number}-b")
    ]


def test_of_a_crowd_one_half_is_read_while_the_other_is_written() -> None:
    ledger = Ledger()
    crowd = 4 * SMALLEST_CROWD

    async def client(group_commit: GroupCommit, name: int) -> None:
        for number in range(20):
            await post(group_commit, f"{name}-{number}")

    async def scenario() -> None:
        async with GroupCommit(ledger) as group_commit:
            await asyncio.gather(*(client(group_commit, n) for n in range(crowd)))

    asyncio.run(asyncio.wait_for(scenario(), PATIENCE_SECONDS))

    sizes = [len(group) for group in ledger.transactions]
    assert sum(sizes) == 20 * crowd
    assert max(sizes) <= crowd // 2 + 1


def test_a_group_is_limited_and_a_request_is_never_divided() -> None:
    ledger = Ledger()
    half = LARGEST_GROUP // 2
    sizes = [half, half, 1, LARGEST_GROUP + 1, 1]

    async def scenario() -> list[str]:
        async with GroupCommit(ledger) as group_commit:
            first = await busy(group_commit, ledger)
            later = [
                asyncio.create_task(
                    post(group_commit, *(f"{which}-{n}" for n in range(size)))
                )
                for which, size in enumerate(sizes)
            ]
            await asyncio.sleep(0.05)
            ledger.may_go_on.set()
            return await all_of([first, *later])

    assert asyncio.run(scenario()) == ["answered"] * (1 + len(sizes))
    groups = [len(group) for group in ledger.transactions[1:]]
    assert sorted(groups) == sorted([half + half, 1, LARGEST_GROUP + 1, 1])


def test_a_member_that_fails_takes_none_of_the_others_with_it() -> None:
    ledger = Ledger(bad="bad")

    async def scenario() -> list[str]:
        async with GroupCommit(ledger) as group_commit:
            first = await busy(group_commit, ledger)
            later = [
                asyncio.create_task(post(group_commit, name))
                for name in ("good-1", "bad", "good-2")
            ]
            await asyncio.sleep(0.01)
            ledger.may_go_on.set()
            return (await all_of([first, *later]))[1:]

    assert asyncio.run(scenario()) == ["answered", "ValueError", "answered"]
    assert ledger.transactions[1:] == [
        ["good-1", "bad", "good-2"],  # failed together, tried again apart
        ["good-1"],
        ["bad"],
        ["good-2"],
    ]
    assert ledger.committed.count("good-1") == 1


def test_a_database_that_is_away_refuses_all_and_is_not_asked_again() -> None:
    ledger = Ledger(away=True)

    async def scenario() -> list[str]:
        async with GroupCommit(ledger) as group_commit:
            first = await busy(group_commit, ledger)
            later = [
                asyncio.create_task(post(group_commit, f"e-{number}"))
                for number in range(5)
            ]
            await asyncio.sleep(0.01)
            ledger.may_go_on.set()
            return await all_of([first, *later])

    refused = asyncio.run(scenario())

    assert refused == ["DatabaseUnavailableError"] * 6
    assert len(ledger.transactions) == 2


def test_the_writer_goes_on_after_an_error() -> None:
    ledger = Ledger(bad="bad")

    async def scenario() -> list[str]:
        async with GroupCommit(ledger) as group_commit:
            return [
                await asyncio.wait_for(post(group_commit, name), PATIENCE_SECONDS)
                for name in ("bad", "bad", "bad", "good")
            ]

    assert asyncio.run(scenario()) == [*["ValueError"] * 3, "answered"]


def test_a_caller_who_went_away_disturbs_nobody() -> None:
    ledger = Ledger()

    async def scenario() -> list[str]:
        async with GroupCommit(ledger) as group_commit:
            first = await busy(group_commit, ledger)
            gone = asyncio.create_task(post(group_commit, "gone"))
            stays = asyncio.create_task(post(group_commit, "stays"))
            await asyncio.sleep(0.01)
            gone.cancel()
            await asyncio.sleep(0)
            ledger.may_go_on.set()
            answers = await all_of([first, stays])
            with pytest.raises(asyncio.CancelledError):
                await gone
            return answers

    assert asyncio.run(scenario()) == ["answered"] * 2
    assert "gone" in ledger.committed  # it was handed in, and may be asked for again


def test_closing_answers_everything_that_was_handed_in() -> None:
    ledger = Ledger()

    async def scenario() -> list[str]:
        async with GroupCommit(ledger) as group_commit:
            writing = await busy(group_commit, ledger)
            waiting = [
                asyncio.create_task(post(group_commit, f"e-{number}"))
                for number in range(10)
            ]
            await asyncio.sleep(0.01)
            asyncio.get_running_loop().call_later(0.05, ledger.may_go_on.set)
        return await all_of([writing, *waiting])

    assert asyncio.run(scenario()) == ["answered"] * 11
    assert len(ledger.committed) == 11


def test_closing_leaves_no_thread_behind() -> None:
    async def scenario() -> None:
        async with GroupCommit(Ledger()) as group_commit:
            await post(group_commit, "e-1")

    # Services that other tests share may have writers of their own here.
    before = set(threading.enumerate())

    asyncio.run(scenario())

    left = set(threading.enumerate()) - before
    assert not [each for each in left if "writer" in each.name]


def test_a_request_of_nothing_is_answered_with_nothing() -> None:
    async def scenario() -> Sequence[Outcome]:
        async with GroupCommit(Ledger()) as group_commit:
            return await asyncio.wait_for(group_commit.record([]), PATIENCE_SECONDS)

    assert list(asyncio.run(scenario())) == []
