"""What keeps looks from being written, while everything else goes on."""

from typing import NamedTuple


class Fault(NamedTuple):
    """What keeps looks from being written, and what mends it."""

    breaks: tuple[str, ...]
    mends: str


def trigger(body: str) -> Fault:
    """Return the fault that a trigger is."""
    return Fault(
        (
            f"""
            CREATE FUNCTION fail_look() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN {body} END $$
            """,
            """
            CREATE TRIGGER fail_look BEFORE INSERT ON access_log
            FOR EACH ROW EXECUTE FUNCTION fail_look()
            """,
        ),
        "DROP FUNCTION fail_look CASCADE",
    )


FAULTS = {
    "no right to insert": Fault(
        ("REVOKE INSERT ON access_log FROM maaraaika_service",),
        "GRANT INSERT ON access_log TO maaraaika_service",
    ),
    "disk full": trigger("RAISE EXCEPTION 'no space left' USING ERRCODE = '53100';"),
    "failing trigger": trigger("RAISE EXCEPTION 'broken';"),
    "trigger that drops the row": trigger("RETURN NULL;"),
}
