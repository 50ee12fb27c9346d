"""Whatever is done behind our back to what was published is found.

The forger is a superuser whom no trigger stops.
"""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import publications
from app.domain.ledger import GENESIS, PUBLICATIONS, publication_hash
from app.services.checkpoints import CheckpointWriter
from tests.services.conftest import NOON, Forgery, Scene, by_sql, publish

MONTHS = 4
DAY = timedelta(days=1)


@pytest.fixture
def published(scene: Scene) -> Scene:
    """Give a scene with four publications, and a checkpoint behind every second."""
    writer = CheckpointWriter(scene.database, scene.paths)
    for number in range(1, MONTHS + 1):
        publish(scene.database, f"2026-{number:02}")
        if number % 2 == 0:
            written = writer.write_due(NOON + DAY * number)
            places = [(each.source, each.position) for each in written]
            assert (PUBLICATIONS, number) in places
    return scene


def chained_anew(*statements: str) -> Forgery:
    """Return a forgery after which every digest and link is right."""

    def forge(scene: Scene) -> None:
        by_sql(*statements)(scene)
        with scene.database.read() as question:
            found = list(publications.in_order(question.connection))
        previous = GENESIS
        for each in found:
            digest = publications.digest_of(each.number, each)
            previous = publication_hash(each.number, digest, previous)
            scene.sql(
                "UPDATE publication SET digest = %s, hash = %s WHERE number = %s",
                *(digest, previous, each.number),
            )

    return forge


def put_another_in_its_place(scene: Scene) -> None:
    scene.sql("DELETE FROM publication WHERE number = 4")
    publish(scene.database, "2026-04", at=NOON + DAY)
    publish(scene.database, "2026-05")


def change(what: str, number: int) -> str:
    return f"UPDATE publication SET {what} WHERE number = {number}"  # noqa: S608 (our own words)


def cut(number: str) -> str:
    return f"DELETE FROM publication WHERE number {number}"  # noqa: S608 (our own words)


SHOW_MORE = "outputs = replace(outputs::text, '9, 2', '8, 3')::json"
FORGERIES = [
    pytest.param(by_sql(change(SHOW_MORE, 2)), 2, 2, id="a shown count"),
    pytest.param(by_sql(change("threshold = 1", 3)), 2, 3, id="the threshold"),
    pytest.param(by_sql(change("digest = sha256('x')", 4)), 2, 4, id="digest"),
    pytest.param(by_sql(change("hash = sha256('x')", 1)), 2, 1, id="hash"),
    pytest.param(by_sql(cut("= 1")), 3, 1, id="first deleted"),
    pytest.param(by_sql(cut("= 3")), 3, 3, id="deleted"),
    pytest.param(by_sql(cut("= 4")), 4, 4, id="last deleted"),
    pytest.param(by_sql(cut("> 2")), 4, 3, id="an old dump restored"),
    pytest.param(by_sql(cut("> 0")), 4, 1, id="all deleted"),
    pytest.param(
        by_sql(cut("= 4"), change("number = 4", 3)), 2, 4, id="renumbered, with a gap"
    ),
    pytest.param(
        chained_anew(cut("= 3"), change("number = 3", 4)),
        *(4, 4),
        id="renumbered, and the chain made anew",
    ),
    pytest.param(
        chained_anew(change("threshold = 1", 3)),
        *(7, 3),
        id="the threshold, and the chain made anew",
    ),
    # What it shows is the same, and was published at another instant.
    pytest.param(put_another_in_its_place, 7, 3, id="another in the place of the last"),
]


def test_what_was_published_verifies(published: Scene) -> None:
    report = published.verify(with_read_model=True)

    assert (report.exit_code, report.publications) == (0, MONTHS)


@pytest.mark.parametrize(("forge", "exit_code", "number"), FORGERIES)
def test_every_manipulation_is_found_with_its_code_and_first_bad_number(
    published: Scene, forge: Forgery, exit_code: int, number: int
) -> None:
    forge(published)

    report = published.verify(with_read_model=True)

    gravest = report.findings[0]
    assert report.exit_code == exit_code
    assert {each.place for each in report.findings} == {PUBLICATIONS}
    assert gravest.position == number


def test_what_was_published_is_not_changed_by_its_owner(published: Scene) -> None:
    for statement in ("UPDATE publication SET hash = ''", "DELETE FROM publication"):
        with pytest.raises(DBAPIError), published.owner.write() as connection:
            connection.execute(text(statement))
