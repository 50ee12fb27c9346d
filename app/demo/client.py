"""The demo's side of the HTTP door: it sends units and events as any client would."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from http import HTTPStatus
from itertools import islice
from typing import TypedDict
from urllib.parse import quote

import httpx2

from app.demo.county import Unit
from app.demo.wire import Event, occurred_on
from app.domain.events import TOLD, Kind

LARGEST_BATCH = 1_000
_TRIES = 6
_LONGEST_WAIT_SECONDS = 10.0
_PROBLEMS_SHOWN = 5
_SHOWN_CHARACTERS = 500
_COUNTED = [
    each.value for each in TOLD if each not in (Kind.CORRECTION, Kind.RETRACTION)
]
_TAKEN = ("created", "duplicate")


class RefusedError(Exception):
    """The service did not take what the demo sent."""


class _Item(TypedDict, total=False):
    source: str
    id: str
    status: str
    problem: dict[str, object]


class _BatchAnswer(TypedDict):
    items: list[_Item]
    counts: dict[str, int]


def post_units(client: httpx2.Client, units: Iterable[Unit], *, key: str) -> None:
    """Register *units*, parents before their children.

    Raises:
        RefusedError: the service refused one; those before it are registered.
    """
    for unit in units:
        body = {"parent": unit.parent, "names": asdict(unit.name)}
        _send(client, "PUT", f"/v1/units/{quote(unit.code)}", key=key, body=body)


def post_events(
    client: httpx2.Client,
    events: Iterable[Event],
    *,
    keys: Mapping[str, str],
    batch: int = LARGEST_BATCH,
    on_progress: Callable[[int], None] | None = None,
) -> Counter[str]:
    """Post *events* and return how many were created and how many were known before.

    A key may speak for one source only, so each source of *keys* posts its own.
    *on_progress* is told the size of every batch that was taken.

    Raises:
        RefusedError: the service took a batch only in part, or not at all.
    """
    counts: Counter[str] = Counter()
    for source, own in _by_source(events).items():
        for together in _batches(own, batch):
            answer = _post_batch(client, together, key=keys[source])
            counts.update(answer["counts"])
            if on_progress:
                on_progress(len(together))
    return counts


def post_control_counts(
    client: httpx2.Client,
    events: Iterable[Event],
    *,
    keys: Mapping[str, str],
    days: Sequence[date],
) -> int:
    """Tell how many of *events* each source of *keys* has of *days*; return the days.

    Raises:
        RefusedError: the service did not take it.
    """
    own = _by_source(events)
    for source, key in keys.items():
        by_day: dict[date, list[Event]] = {day: [] for day in days}
        for event in own.get(source, ()):
            if (day := occurred_on(event)) in by_day:
                by_day[day].append(event)
        for day, together in by_day.items():
            kinds = Counter(str(event["kind"]) for event in together)
            body: dict[str, object] = {
                "day": day.isoformat(),
                "counts": {kind: kinds[kind] for kind in _COUNTED},
            }
            if together:
                body["last_id"] = together[-1]["id"]
            path = f"/v1/sources/{quote(source)}/control-counts"
            _send(client, "POST", path, key=key, body=body)
    return len(keys) * len(days)


def _post_batch(
    client: httpx2.Client, events: Sequence[Event], *, key: str
) -> _BatchAnswer:
    response = _send(client, "POST", "/v1/events/batch", key=key, body=events)
    answer: _BatchAnswer = response.json()
    refused = [item for item in answer["items"] if item["status"] not in _TAKEN]
    if refused:
        first = "\n".join(_told(item) for item in refused[:_PROBLEMS_SHOWN])
        raise RefusedError(
            f"{len(refused)} of {len(events)} events were refused, the first:\n{first}"
        )
    return answer


def _send(
    client: httpx2.Client, method: str, path: str, *, key: str, body: object
) -> httpx2.Response:
    """Send *body* and return the answer, waiting while the database is away.

    Raises:
        RefusedError: the answer is an error, or the database stays away.
    """
    headers = {"Authorization": f"Bearer {key}"}
    response = client.request(method, path, headers=headers, json=body)
    for _ in range(_TRIES - 1):
        if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            break
        time.sleep(_wait_seconds(response))
        response = client.request(method, path, headers=headers, json=body)
    if response.is_error:
        told = response.text[:_SHOWN_CHARACTERS]
        raise RefusedError(f"{method} {path} answered {response.status_code}: {told}")
    return response


def _wait_seconds(response: httpx2.Response) -> float:
    """Return how long the service asks to wait; a date or nothing counts as 1 s."""
    asked = response.headers.get("Retry-After", "")
    return min(float(asked) if asked.isdigit() else 1.0, _LONGEST_WAIT_SECONDS)


def _told(item: _Item) -> str:
    problem = item.get("problem", {})
    what = problem.get("detail") or problem.get("title") or "no reason given"
    return f"  {item['source']} {item['id']}: {item['status']}: {what}"


def _by_source(events: Iterable[Event]) -> dict[str, list[Event]]:
    grouped: dict[str, list[Event]] = {}
    for event in events:
        grouped.setdefault(str(event["source"]), []).append(event)
    return grouped


def _batches(events: Sequence[Event], size: int) -> Iterator[list[Event]]:
    rest = iter(events)
    while together := list(islice(rest, size)):
        yield together
