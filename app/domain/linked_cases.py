"""Cases that are one: merged, copied, continued by a new source, or spoken of by us.

Links have no direction: whatever hangs together folds as one history under its head,
so that neither order of arrival nor a circle of mergers can matter.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from app.domain.amendments import meaning
from app.domain.events import (
    OWN_SOURCE,
    CaseClosed,
    CaseEvent,
    CaseKey,
    CopyOf,
    DelayExplained,
    EventCorrected,
    EventKey,
    NotificationReceived,
)


def histories(
    events: Collection[CaseEvent], successors: Mapping[str, str]
) -> dict[CaseKey, list[CaseEvent]]:
    """Return the history of every head among the cases of *events*.

    *events* are all events of cases that may hang together; *successors* name the
    source that continues each source that has ended. A case that is no head has an
    empty history: what was said of it belongs to its head.
    """
    by_case: dict[CaseKey, list[CaseEvent]] = defaultdict(list)
    for event in events:
        by_case[event.case].append(event)
    if len(by_case) == 1 and not successors and not any(map(mentions, events)):
        return by_case
    heads = _heads(by_case, successors)
    found: dict[CaseKey, list[CaseEvent]] = {case: [] for case in heads}
    for case, said in by_case.items():
        found[heads[case]].extend(said)
        for event in said:
            # What was mentioned in vain may have been a head before.
            for other in mentions(event):
                if isinstance(other, CaseKey):
                    found.setdefault(other, [])
    return found


def spoken_of(case: CaseKey) -> CaseKey:
    """Return the case of the service's own source in which it speaks of *case*.

    >>> spoken_of(CaseKey("client-a", "A/1")).case_ref
    'client-a/A/1'
    """
    source = case.source.replace("%", "%25").replace("/", "%2F")
    return CaseKey(OWN_SOURCE, f"{source}/{case.case_ref}")


def subject(own: CaseKey) -> CaseKey:
    """Return the case that *own*, a case of the service's own source, speaks of."""
    source, _, case_ref = own.case_ref.partition("/")
    return CaseKey(source.replace("%2F", "/").replace("%25", "%"), case_ref)


def mentions(event: CaseEvent) -> tuple[CaseKey | EventKey, ...]:
    """Return the cases and events that *event* may link its case to.

    A correction may turn out to have no effect; what it mentions is told all the same.
    """
    data = event.data.data if isinstance(event.data, EventCorrected) else event.data
    match data:
        case CaseClosed(into=str(into)):
            return (CaseKey(event.source, into),)
        case NotificationReceived(copy_of=CopyOf() as copied):
            return (EventKey(copied.source, copied.id),)
        case DelayExplained() if event.source == OWN_SOURCE:
            return (subject(event.case),)
        case _:
            return ()


def _heads(
    by_case: Mapping[CaseKey, list[CaseEvent]], successors: Mapping[str, str]
) -> dict[CaseKey, CaseKey]:
    """Return the head of every case: the smallest that nothing leads away from.

    In a circle of mergers it is the smallest case of a client system.
    """
    parents: dict[CaseKey, CaseKey] = {}
    led_away: set[CaseKey] = set()

    def root(case: CaseKey) -> CaseKey:
        parents.setdefault(case, case)
        while parents[case] != case:
            case = parents[case]
        return case

    for away, into in _links(by_case, successors):
        led_away.add(away)
        parents[root(away)] = root(into)

    components: dict[CaseKey, list[CaseKey]] = defaultdict(list)
    for case in {*by_case, *parents}:
        components[root(case)].append(case)
    return {
        case: min(set(component) - led_away or component, key=_client_systems_first)
        for component in components.values()
        for case in component
    }


def _client_systems_first(case: CaseKey) -> tuple[bool, CaseKey]:
    return case.source == OWN_SOURCE, case


def _links(
    by_case: Mapping[CaseKey, list[CaseEvent]], successors: Mapping[str, str]
) -> Iterable[tuple[CaseKey, CaseKey]]:
    """Return (the case led away, the case it leads to) for every link in force."""
    # Each case by itself: a copy must still be seen for the copy that it is.
    meant = {case: meaning(said).events for case, said in by_case.items()}
    places = {event.key: event for events in meant.values() for event in events}
    for case, events in meant.items():
        successor = successors.get(case.source)
        if successor is not None:
            yield case, CaseKey(successor, case.case_ref)
        for event in events:
            match event.data:
                case CaseClosed(into=str(into)):
                    yield case, CaseKey(case.source, into)
                case NotificationReceived(copy_of=CopyOf() as copied):
                    original = places.get(EventKey(copied.source, copied.id))
                    if original is not None and _is_original(original):
                        yield original.case, case
                case DelayExplained() if case.source == OWN_SOURCE:
                    yield case, subject(case)
                case _:
                    pass


def _is_original(event: CaseEvent) -> bool:
    data = event.data
    return isinstance(data, NotificationReceived) and data.copy_of is None
