"""Settings: what the environment and the calendar file say, and what is refused."""

from datetime import date
from pathlib import Path

import pytest

from app.domain.periods import Eves, Roll
from app.domain.working_days import FINLAND
from app.settings import SettingsError, load, read_calendar, variables

GOOD = """
[[extra]]
day = 2027-06-25
fi = "ylimääräinen vapaapäivä"
sv = "extra fridag"
en = "extra day off"
citation = "laki 1/2027 1 §"

[[removed]]
day = 2027-01-06
citation = "laki 2/2027 [uusi]"
"""


def test_without_variables_everything_has_its_default() -> None:
    settings = load({})

    assert settings.data_dir == Path("var")
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.law.reading.eves is Eves.NON_WORKING
    assert settings.law.reading.roll is Roll.ON
    assert settings.law.calendar == FINLAND


def test_how_long_data_are_kept_has_a_default_only_on_trial() -> None:
    own = load({"MAARAAIKA_RETENTION_PAYLOADS": "P3Y"}).retention
    configured = load(
        {
            "MAARAAIKA_DATABASE_URL": "postgresql://db/maaraaika",
            "MAARAAIKA_RETENTION_SKELETONS": "P6M",
        }
    ).retention

    assert (str(own.payloads), own.undecided) == ("P3Y", ())
    assert variables(configured.undecided) == (
        "MAARAAIKA_RETENTION_PAYLOADS",
        "MAARAAIKA_RETENTION_ACCESS_LOG",
        "MAARAAIKA_RETENTION_TECHNICAL_LOGS",
    )


@pytest.mark.parametrize("period", ["5", "P5D", "P11M"])
def test_a_period_that_would_destroy_what_is_needed_is_refused(period: str) -> None:
    with pytest.raises(SettingsError, match="at least P1Y"):
        load({"MAARAAIKA_RETENTION_PAYLOADS": period})


def test_each_variable_is_taken(tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.toml"
    calendar.write_text(GOOD, encoding="utf-8")

    settings = load(
        {
            "MAARAAIKA_DATA_DIR": "/srv/maaraaika",
            "MAARAAIKA_DATABASE_URL": "postgresql://db/maaraaika",
            "MAARAAIKA_HOST": "0.0.0.0",  # noqa: S104 (only read)
            "MAARAAIKA_PORT": "9000",
            "MAARAAIKA_EVES": "working",
            "MAARAAIKA_ROLL": "off",
            "MAARAAIKA_CALENDAR_FILE": str(calendar),
            "PORT": "1",
        }
    )

    assert settings.data_dir == Path("/srv/maaraaika")
    assert settings.database_url == "postgresql://db/maaraaika"
    assert (settings.host, settings.port) == ("0.0.0.0", 9000)  # noqa: S104 (only read)
    assert settings.law.reading.eves is Eves.WORKING
    assert settings.law.reading.roll is Roll.OFF
    assert not settings.law.calendar.is_working_day(date(2027, 6, 25))


def test_an_empty_variable_is_as_none() -> None:
    empty = dict.fromkeys(
        (
            "MAARAAIKA_DATA_DIR",
            "MAARAAIKA_DATABASE_URL",
            "MAARAAIKA_PORT",
            "MAARAAIKA_EVES",
            "MAARAAIKA_CALENDAR_FILE",
        ),
        "",
    )

    assert load(empty) == load({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EVES", "nonworking"),
        ("EVES", "Working"),
        ("ROLL", "yes"),
        ("PORT", "http"),
    ],
)
def test_an_unknown_value_is_refused_with_those_that_are_known(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=f"MAARAAIKA_{name}"):
        load({f"MAARAAIKA_{name}": value})


def test_the_days_of_a_calendar_file_change_the_count(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(GOOD, encoding="utf-8")

    calendar = read_calendar(file)

    assert [extra.day for extra in calendar.extra] == [date(2027, 6, 25)]
    assert calendar.extra[0].name.sv == "extra fridag"
    off = calendar.day_off(date(2027, 6, 25))
    assert off is not None
    assert off.citation.fi == "laki 1/2027 1 §"
    assert [removed.day for removed in calendar.removed] == [date(2027, 1, 6)]
    assert calendar.is_working_day(date(2027, 1, 6))


def test_an_empty_calendar_file_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text("", encoding="utf-8")

    assert read_calendar(file) == load({}).law.calendar


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("[[extra]", id="no TOML"),
        pytest.param('[[extra]]\nday = "2027-06-25"', id="the day is a text"),
        pytest.param("[[extra]]\nday = 2027-06-25T10:00:00", id="the day has a time"),
        pytest.param("[[extra]]\nday = 2027-06-25", id="without name and citation"),
        pytest.param(
            GOOD.replace('sv = "extra fridag"\n', ""), id="a language is missing"
        ),
        pytest.param("[[removed]]\nday = 2027-01-06", id="without citation"),
        pytest.param(
            '[[removed]]\nday = 2027-01-07\ncitation = "x"', id="it is no holiday"
        ),
        pytest.param("extra = 7", id="no list of tables"),
        pytest.param("extra = [7]", id="a list of numbers"),
    ],
)
def test_a_calendar_file_that_is_not_whole_is_refused_by_name(
    tmp_path: Path, content: str
) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError, match=r"calendar\.toml"):
        load({"MAARAAIKA_CALENDAR_FILE": str(file)})


def test_a_day_outside_the_verified_years_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(GOOD.replace("2027-06-25", "2107-06-25"), encoding="utf-8")

    with pytest.raises(SettingsError, match=r"2107-06-25 is outside 2008-2100"):
        read_calendar(file)


def test_a_calendar_file_that_is_not_there_or_not_utf_8_is_refused(
    tmp_path: Path,
) -> None:
    file = tmp_path / "calendar.toml"
    with pytest.raises(SettingsError, match=r"calendar\.toml"):
        read_calendar(file)

    file.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"calendar\.toml"):
        read_calendar(file)


def test_the_service_answers_to_the_names_that_it_has() -> None:
    loopback = {"localhost", "127.0.0.1", "::1"}

    assert load({}).names == loopback
    assert load({"MAARAAIKA_HOST": "0.0.0.0"}).names == loopback  # noqa: S104 (only read)
    assert load(
        {
            "MAARAAIKA_HOST": "10.0.0.7",
            "MAARAAIKA_PUBLIC_URL": "https://Deadlines.example:8443/",
        }
    ).names == loopback | {"10.0.0.7", "deadlines.example"}
    told = load({"MAARAAIKA_TRUSTED_HOSTS": "Deadlines.example, [fd00::1],"})
    assert told.names == {"deadlines.example", "fd00::1"}


def test_proxies_are_addresses_and_networks() -> None:
    assert load({}).proxies == ()
    told = load({"MAARAAIKA_PROXIES": "10.0.0.5, 10.1.0.0/16,fd00::/8"})
    assert told.proxies == ("10.0.0.5/32", "10.1.0.0/16", "fd00::/8")


@pytest.mark.parametrize("told", ["*", "proxy.example", "10.0.0.5/8", "10.0.0"])
def test_who_is_no_proxy_by_address_is_refused(told: str) -> None:
    with pytest.raises(SettingsError, match="MAARAAIKA_PROXIES"):
        load({"MAARAAIKA_PROXIES": told})
