"""What an event says has one digest: as it is sent, and as it is verified."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import CaseEvent, Entry, NotificationReceived
from app.domain.ledger import digest, digest_of, microseconds

_OFFSETS = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(timezone)


@given(
    at=st.datetimes(
        datetime(2008, 1, 1),  # noqa: DTZ001 (the strategy adds the offsets)
        datetime(2100, 12, 31),  # noqa: DTZ001
        timezones=_OFFSETS,
    )
    | st.none()
)
def test_the_digest_is_that_of_the_instant_in_whichever_offset(
    at: datetime | None,
) -> None:
    day = date(2026, 3, 2)
    data = NotificationReceived(entry=Entry.REPORT)
    text = '{"entry":"report"}'
    said = CaseEvent("client-a", "e-1", "A-1", day, data, occurred_at=at)
    in_utc = said._replace(occurred_at=at and at.astimezone(UTC))

    verified = digest(
        kind="notification",
        case_ref="A-1",
        occurred_on="2026-03-02",
        occurred_at=None if at is None else microseconds(at),
        data=text,
    )

    assert digest_of(said, text) == digest_of(in_utc, text) == verified
