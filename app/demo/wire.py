"""Acts in a case, and their form on the wire: the JSON of `POST /v1/events`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeAlias

from app.domain.events import Kind, legal_day

Event: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that happened in a case, as its client system knows it.

    The system keeps the instant, or, *to_the_day*, only the date.
    """

    event_id: str
    source: str
    kind: Kind
    case_ref: str
    happened_at: datetime
    registered_at: datetime
    data: Mapping[str, object]
    to_the_day: bool = False

    def as_event(self) -> Event:
        """Return the act as the JSON object that a client system posts."""
        if self.to_the_day:
            occurred = {"occurred_on": legal_day(self.happened_at).isoformat()}
        else:
            occurred = {"occurred_at": self.happened_at.isoformat()}
        return {
            "id": self.event_id,
            "source": self.source,
            "kind": self.kind.value,
            "case_ref": self.case_ref,
            **occurred,
            "registered_at": self.registered_at.isoformat(),
            "data": dict(self.data),
        }


def occurred_on(event: Event) -> date:
    """Return the legal day of *event*."""
    if "occurred_on" in event:
        return date.fromisoformat(str(event["occurred_on"]))
    return legal_day(datetime.fromisoformat(str(event["occurred_at"])))


def in_entry_order(acts: Iterable[Act]) -> Iterator[Act]:
    """Yield the acts of one case as happened, none registered before an earlier one."""
    registered_at: datetime | None = None
    for act in sorted(acts, key=lambda act: act.happened_at):
        if registered_at is not None and act.registered_at < registered_at:
            act = replace(act, registered_at=registered_at)  # noqa: PLW2901
        registered_at = act.registered_at
        yield act
