"""The access log on pages: who has looked, outside their units too, and as files."""

import csv
import io
from collections.abc import Iterator

import pytest

from app.domain.access import Role
from tests.web.county import OTHER, County, county, this_week
from tests.web.reading import Reader

OF_ONE = "/access-log?case=overdue&source=client-a"


@pytest.fixture(scope="module")
def looked_at(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template) as made:
        yield made


@pytest.fixture
def auditor(looked_at: County) -> Iterator[Reader]:
    with looked_at.reader(Role.AUDITOR) as auditor:
        yield auditor


def test_who_looked_at_a_case_is_told_with_the_reason_and_no_other_case(
    auditor: Reader,
) -> None:
    page = auditor.visit(OF_ONE, Accept_Language="en")

    assert "substitution outside the units" in page.words
    assert f"lead, {OTHER}" in page.words
    assert page.links()["overdue"] == "/access-log?case=overdue&source=client-a"
    assert "soon" not in page.links()
    assert "and 9 other cases" in page.words


def test_a_look_names_every_case_that_it_showed(auditor: Reader) -> None:
    listed = auditor.visit("/access-log", Accept_Language="en")
    href = next(
        row.findall(".//a")[0].attrib["href"]
        for row in listed.all("tr")
        if "worklist" in "".join(row.itertext())
    )

    page = auditor.visit(href, Accept_Language="en")

    assert {"overdue", "soon", "canary-1"} <= page.links().keys()
    assert "status all" in page.words
    auditor.visit("/access-log/1-999999", status=404)
    auditor.visit("/access-log/first", status=422)


def test_asking_is_a_look_too_that_names_what_was_asked_by_its_hash(
    auditor: Reader,
) -> None:
    auditor.visit("/access-log?child=child-1", Accept_Language="en")

    newest = auditor.visit("/access-log", Accept_Language="en")
    href = newest.one("tbody").findall(".//a")[0].attrib["href"]
    page = auditor.visit(href, Accept_Language="en")

    assert "auditor" in page.words
    assert "child kept as a hash only" in page.words
    assert "child-1" not in page.words


def test_what_is_older_than_two_years_is_shown_for_a_reason(auditor: Reader) -> None:
    old = "/access-log?from=2020-01-01"
    refused = auditor.visit(old, status=422, Accept_Language="en")
    (field,) = (each for each in refused.all("select") if each.get("id") == "reason")

    page = auditor.visit(f"{old}&reason=supervision", Accept_Language="en")

    assert "for a reason only" in refused.words
    assert field.get("aria-invalid") == "true"
    (link, *_) = page.one("tbody").findall(".//a")
    assert link.attrib["href"].endswith("?reason=supervision")
    auditor.visit("/access-log/elsewhere?week=2020-W02", status=422)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("?case=none&source=client-b", "Check the reference"),
        ("?person=nobody", "the filters leave none over"),
    ],
)
def test_an_empty_answer_explains_itself(
    auditor: Reader, asked: str, told: str
) -> None:
    page = auditor.visit(f"/access-log{asked}", Accept_Language="en")

    assert told in page.words


def test_a_week_elsewhere_tells_who_looked_how_often_and_guessed_in_vain(
    auditor: Reader,
) -> None:
    page = auditor.visit(
        f"/access-log/elsewhere?week={this_week()}", Accept_Language="en"
    )
    people = page.all("tbody")[0]

    assert [cell.text for cell in people.iter("td")] == ["2", "1"]
    assert "asked for, not shown" in page.words
    assert "Week after" not in page.links()
    before = auditor.visit(page.links()["Week before"], Accept_Language="en")
    assert "Nobody looked outside their units" in before.words
    assert before.links()["Week after"].endswith(this_week())
    auditor.visit("/access-log/elsewhere?week=2025-W53", status=422)


def test_without_a_week_it_is_the_last_that_is_over(auditor: Reader) -> None:
    page = auditor.visit("/access-log/elsewhere", Accept_Language="en")

    assert page.links()["Week after"].endswith(this_week())


def test_pages_follow_each_other(
    auditor: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.access_log.ROWS", 1)
    # Of this case nobody is shown anything meanwhile but by these pages.
    first = auditor.visit("/access-log", Accept_Language="en")

    second = auditor.visit(first.links()["Next page"], Accept_Language="en")

    assert second.links()["First page"] == "/access-log?"
    assert first.one("tbody").find(".//a") is not None
    moved = first.links()["Next page"].replace("cursor", "person=x&cursor")
    auditor.visit(moved, status=422)


def test_the_form_of_files_gives_one_with_a_code(auditor: Reader) -> None:
    page = auditor.visit(OF_ONE, Accept_Language="en")
    form = page.all("form")[-1]
    asked = {
        field.attrib["name"]: field.attrib["value"] for field in form.iter("input")
    }

    answer = auditor.client.get(
        form.attrib["action"],
        params={**asked, "reason": "client_request", "format": "csv"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["cases"] for row in rows} == {"client-a overdue"}
    code = rows[0]["watermark"]
    taken = auditor.visit(f"/access-log?watermark={code}", Accept_Language="en")
    assert "request of the client" in taken.words


def test_the_log_is_for_auditors_alone(looked_at: County, auditor: Reader) -> None:
    assert "Access log" in auditor.visit("/law", Accept_Language="en").links()
    for role in (Role.LEAD, Role.ANALYST, Role.ADMIN):
        with looked_at.reader(role) as other:
            assert "Access log" not in other.visit("/law", Accept_Language="en").links()
            for path in ("", "/elsewhere", "/1-1"):
                other.visit(f"/access-log{path}", status=403)
