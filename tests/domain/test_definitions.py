"""Every figure is defined, in every language, and the page of the documents says so."""

from pathlib import Path

import pytest

from app.domain.ageing import DASH
from app.domain.compliance import Basis
from app.domain.definitions import (
    CLOCKS,
    MEASURES,
    NUMBERS,
    Definition,
    bands_of,
    bases,
    definition_of,
)
from app.domain.figures import Number
from app.domain.figures_page import figures_page
from app.domain.law import RULES
from app.domain.report_settings import ASSUMED, Inclusion
from app.domain.rules import RuleVersion
from tests.law.test_rules import FIVE_DAYS

PAGE = Path(__file__).parents[2] / "docs" / "figures.md"
EVERY = (*bases(ASSUMED), *NUMBERS, *MEASURES, *CLOCKS)


def test_every_number_of_a_cell_is_defined_once_in_its_order() -> None:
    assert [each.code for each in NUMBERS] == list(Number)


@pytest.mark.parametrize("definition", EVERY, ids=lambda each: each.code)
def test_a_definition_is_of_three_languages_and_stands_in_the_documents(
    definition: Definition,
) -> None:
    title, text = definition.title, definition.text

    assert len({text.fi, text.sv, text.en}) == 3
    assert all((title.fi, title.sv, title.en))
    file, _, anchor = definition.docs.partition("#")
    assert file == "docs/figures.md"
    assert f"### {anchor}\n" in PAGE.read_text(encoding="utf-8")


def test_the_page_of_the_figures_is_fresh() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == figures_page(), "run `make docs`"


def test_thls_basis_is_unconfirmed_until_a_county_confirms_it() -> None:
    confirmed = Inclusion(
        in_force_from=ASSUMED.in_force_from, excluded_outcomes=(), confirmed=True
    )

    assert "inclusion unconfirmed" in definition_of(Basis.THL, ASSUMED).en
    assert "rajaus vahvistamatta" in definition_of(Basis.THL, ASSUMED).fi
    assert "avgränsningen obekräftad" in definition_of(Basis.THL, ASSUMED).sv
    assert "unconfirmed" not in definition_of(Basis.THL, confirmed).en
    assert definition_of(Basis.DUE, ASSUMED) == definition_of(Basis.DUE, confirmed)


@pytest.mark.parametrize(
    ("version", "bands"),
    [
        (
            RULES[0].versions[-1],
            ["≤ 7 arkipäivää", "8-14 arkipäivää", "> 14 arkipäivää"],
        ),
        (RULES[1].versions[-1], ["≤ 3 kuukautta", "3-4 kuukautta", "> 4 kuukautta"]),
        (FIVE_DAYS, ["≤ 5 arkipäivää", "6-10 arkipäivää", "> 10 arkipäivää"]),
    ],
    ids=["initiation", "assessment", "another limit"],
)
def test_the_bands_are_named_by_the_limits_of_the_rule(
    version: RuleVersion, bands: list[str]
) -> None:
    assert [text.fi.replace(DASH, "-") for text in bands_of(version).values()] == bands
