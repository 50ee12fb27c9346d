"""Chains of runs that follow each other within 30 days."""

from datetime import date, timedelta

from app.domain.chains import Chain, Stretch, chain_of, is_reopening

DAY = date(2026, 3, 2)


def run(
    start: int, end: int | None, case_ref: str = "A-1", how: str | None = "no_client"
) -> Stretch:
    return Stretch(
        case_ref=case_ref,
        started_on=DAY + timedelta(start),
        ended_on=None if end is None else DAY + timedelta(end),
        end=None if end is None else how,
    )


def days(found: Chain | None) -> tuple[int, int] | None:
    return None if found is None else (len(found.runs), found.total_days)


AS_OF = DAY + timedelta(400)


def test_the_thirtieth_day_still_follows() -> None:
    assert is_reopening(DAY, DAY + timedelta(30))
    assert not is_reopening(DAY, DAY + timedelta(31))


def test_runs_that_follow_each_other_are_one_chain() -> None:
    runs = [run(0, 20), run(50, 70), run(70, 90)]

    assert days(chain_of("A-1", runs, AS_OF)) == (3, 90)
    assert days(chain_of("A-1", reversed(runs), AS_OF)) == (3, 90)


def test_a_single_run_is_no_chain() -> None:
    assert chain_of("A-1", [run(0, 20)], AS_OF) is None
    assert chain_of("A-1", [run(0, 20), run(51, 60)], AS_OF) is None
    assert chain_of("A-1", [], AS_OF) is None


def test_the_last_chain_is_told() -> None:
    runs = [run(0, 10), run(20, 30), run(100, 110), run(120, 150)]

    found = chain_of("A-1", runs, AS_OF)

    assert found is not None
    assert found.runs == tuple(runs[2:])


def test_runs_of_other_cases_of_the_child_count() -> None:
    runs = [run(0, 10), run(20, 30, "A-2")]

    assert days(chain_of("A-1", runs, AS_OF)) == (2, 30)
    assert chain_of("A-3", runs, AS_OF) is None


def test_an_open_run_lasts_until_the_day_asked_about() -> None:
    runs = [run(0, 10), run(20, None)]

    assert days(chain_of("A-1", runs, DAY + timedelta(25))) == (2, 25)


def test_a_short_run_within_a_long_one_does_not_end_the_chain() -> None:
    runs = [run(0, 100), run(5, 10, "A-2"), run(120, 130)]

    assert days(chain_of("A-1", runs, AS_OF)) == (3, 130)
