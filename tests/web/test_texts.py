"""The catalogues: every text of the screens, in Finnish and Swedish."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from app.domain.texts import Language
from app.i18n import LOCALES, TRANSLATED, catalogue, translations
from app.web.rendering import environment

APP = Path(__file__).parents[2] / "app"
PLACE = re.compile(r"%\(\w+\)s|%%")
JINJA = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}


def used() -> Iterator[tuple[str, ...]]:
    """Give the texts of the screens: each, or each with its plural."""
    found = extract_from_dir(
        APP / "web",
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": JINJA},
    )
    for _, _, text, _, _ in found:
        yield text if isinstance(text, tuple) else (text,)


def kept(language: Language) -> Catalog:
    with catalogue(language).open("rb") as source:
        return read_po(source, locale=language.value)


def forms(message: Message) -> tuple[str, ...]:
    said = message.string
    return tuple(said) if isinstance(said, (tuple, list)) else (said or "",)


def ids(message: Message) -> tuple[str, ...]:
    said = message.id
    return tuple(said) if isinstance(said, (tuple, list)) else (said,)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_the_texts_that_are_used_and_no_other(
    language: Language,
) -> None:
    in_use = set(used())
    translated = {ids(message) for message in kept(language) if message.id}

    assert len(in_use) > 50
    assert translated == in_use, "run `make texts`, then translate"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_about_as_long_as_its_text(language: Language) -> None:
    # One that slipped onto another text is told by its length before anybody reads it.
    for message in kept(language):
        for text, said in zip(ids(message), forms(message), strict=False):
            short, long = sorted((len(text), len(said)))
            assert not text or long <= 2.2 * short + 12, (text, said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_whole_and_surely(language: Language) -> None:
    for message in kept(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        # Finnish and Swedish have two forms of number.
        assert len(forms(message)) == len(ids(message)), message.id
        for form in forms(message):
            assert form.strip() == form, message.id
            assert form, message.id
            assert set(PLACE.findall(form)) == set(PLACE.findall(ids(message)[-1]))
    assert kept(language).obsolete == {}


def test_the_languages_of_the_folder_are_those_of_the_service() -> None:
    assert {each.name for each in LOCALES.iterdir()} == set(TRANSLATED)


def test_a_text_of_several_lines_is_looked_up_as_it_was_collected() -> None:
    broken = "{% trans %}\n  Sign\n  out\n{% endtrans %}"

    assert environment(Language.SV).from_string(broken).render() == "Logga ut"


def test_english_is_what_the_templates_say() -> None:
    assert translations(Language.EN).gettext("Calculator") == "Calculator"
    assert translations(Language.FI).gettext("Calculator") == "Laskuri"
