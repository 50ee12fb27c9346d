"""Client systems: which are live, which continues another, where cases are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from app.db import accounts, activations
from app.db import events as ledger
from app.db import freshness as freshness_table
from app.db import sources as source_table
from app.db.database import Database, begin_recording, hold_recording, instant
from app.db.sources import SourceSetting
from app.domain.events import OWN_SOURCE
from app.security.hashes import References
from app.security.personal_data import PersonalDataError, holds_personal_data
from app.services import replay
from app.services.client_links import ClientLinks, ensure_template


class SuccessionError(Exception):
    """A source cannot be continued by that other one; the message says why."""


def put_live(
    database: Database, source: str, since: date, *, by: str | None = None
) -> None:
    """Record that events of *source* come as they happen from the day *since* on."""
    _put(database, source, lambda known: replace(known, live_since=since), by)


def put_rhythm(
    database: Database, source: str, working_hours: int, *, by: str | None = None
) -> None:
    """Record that *source* is heard at least every so many working hours."""
    _put(
        database,
        source,
        lambda known: replace(known, expected_working_hours=working_hours),
        by,
    )


def put_references(
    database: Database, source: str, references: References, *, by: str | None = None
) -> None:
    """Record which references *source* may send from now on."""
    refuses = references is References.NO_HASHES
    _put(database, source, lambda known: replace(known, refuses_hashes=refuses), by)


def put_link(
    database: Database, source: str, template: str | None, *, by: str | None = None
) -> None:
    """Record how the address of a case in *source* is made; None: it has none.

    Raises:
        LinkTemplateError: no links can be made of *template*.
        PersonalDataError: it holds an identity code, a phone number or an e-mail
            address.
    """
    _ensure_link(template)
    _put(database, source, lambda known: replace(known, link_template=template), by)


def settings(database: Database) -> dict[str, SourceSetting]:
    """Return what is said of every source that is known or has a key, by its code."""
    with database.write() as connection:
        said = source_table.settings(connection)
        heard = freshness_table.sources(connection)
        keys = accounts.all_keys(connection)
    codes = {*heard, *(key.source for key in keys if key.source is not None)}
    return {code: said.get(code, SourceSetting(source=code)) for code in sorted(codes)}


def put(database: Database, said: SourceSetting, *, by: str | None) -> None:
    """Record all that is *said* of a source; what continues it stays as it is.

    Raises:
        LinkTemplateError: no links can be made of its template.
        PersonalDataError: that holds an identity code, a phone number or an e-mail
            address.
    """
    _ensure_link(said.link_template)
    _put(
        database,
        said.source,
        lambda known: replace(said, successor=known.successor),
        by,
    )


def client_links(database: Database) -> ClientLinks:
    """Return where cases are in their client systems, as far as somebody has said."""
    with database.read() as question:
        return ClientLinks(source_table.link_templates(question.connection))


def _put(
    database: Database,
    source: str,
    change: Callable[[SourceSetting], SourceSetting],
    by: str | None,
) -> None:
    with database.write() as connection:
        begin_recording(connection)
        known = source_table.settings(connection)
        before = known.get(source)
        setting = replace(
            change(before or SourceSetting(source=source)), recorded_by=by
        )
        if before is None or replace(before, recorded_by=by) != setting:
            source_table.put(connection, setting, instant(connection))


def _ensure_link(template: str | None) -> None:
    if template is None:
        return
    ensure_template(template)
    if holds_personal_data(template):
        raise PersonalDataError("The address tells who someone is.")


def succeed(
    database: Database, old: str, new: str, live_from: date, *, by: str | None = None
) -> int:
    """Let source *new*, live from a day, continue the cases of *old*; count the rows.

    A case of the old source and the case of the new one with the same reference are
    one case from now on. Earlier answers stay as they were.

    Raises:
        SuccessionError: the two would continue each other in a circle, or *old* is
            continued by another source already.
    """
    with database.write() as connection:
        hold_recording(connection)
        known = source_table.settings(connection)
        _refuse_circles(known, old, new)
        now = ledger.last_instant(connection)
        ended = replace(
            known.get(old, SourceSetting(source=old)), successor=new, recorded_by=by
        )
        live = replace(
            known.get(new, SourceSetting(source=new)),
            live_since=live_from,
            recorded_by=by,
        )
        source_table.put(connection, ended, now)
        source_table.put(connection, live, now)
        law = activations.in_use(connection)
        successors = replay.circumstances(connection).successors(now)
        cases = ledger.cases_of_source(connection, old)
        changed = replay.replace_all(connection, cases, law, successors, now)
        ledger.touch_ledgers(connection, now)
    return changed


def _refuse_circles(known: dict[str, SourceSetting], old: str, new: str) -> None:
    if OWN_SOURCE in (old, new):
        raise SuccessionError(f"{OWN_SOURCE} is the service's own source.")
    setting = known.get(old)
    if setting is not None and setting.successor not in (None, new):
        raise SuccessionError(f"{old} is continued by {setting.successor} already.")
    following: str | None = new
    while following is not None:
        if following == old:
            raise SuccessionError(f"{old} and {new} would continue each other.")
        setting = known.get(following)
        following = setting.successor if setting is not None else None
