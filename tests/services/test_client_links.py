"""Links into client systems lead to the case, and nowhere else."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.client_links import (
    LONGEST_TEMPLATE,
    ClientLinks,
    LinkTemplateError,
    ensure_template,
)

TEMPLATE = "https://client.county.example:8443/cases/{case_ref}/open?from=m#top"


def link(case_ref: str, template: str = TEMPLATE) -> str | None:
    return ClientLinks({"client-a": template}).to("client-a", case_ref)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(TEMPLATE, id="in the path, with a port"),
        pytest.param("https://a.example/?case={case_ref}", id="in the query"),
        pytest.param("https://a.example/app#/case/{case_ref}", id="in the fragment"),
        pytest.param("https://a/{case_ref}", id="on a host without dots"),
    ],
)
def test_a_template_says_where_a_case_is(template: str) -> None:
    ensure_template(template)

    assert link("L-2026/17 ä", template) == template.replace(
        "{case_ref}", "L-2026%2F17%20%C3%A4"
    )


@pytest.mark.parametrize(
    ("template", "told"),
    [
        pytest.param("", "exactly once", id="empty"),
        pytest.param("https://a.example/cases", "exactly once", id="no place"),
        pytest.param("https://a.example/{case_ref}/{case_ref}", "exactly", id="two"),
        pytest.param("http://a.example/{case_ref}", "https://", id="not encrypted"),
        pytest.param("javascript:alert(1)//{case_ref}", "https://", id="a script"),
        pytest.param("//a.example/{case_ref}", "https://", id="without a scheme"),
        pytest.param("https://{case_ref}.example/", "https://", id="in the host"),
        pytest.param("https://a.example{case_ref}", "slash", id="behind the host"),
        pytest.param("https://u:p@a.example/{case_ref}", "https://", id="a password"),
        pytest.param("https:///{case_ref}", "https://", id="no host"),
        pytest.param(" https://a.example/{case_ref}", "https://", id="a blank before"),
        pytest.param("https://a.example/ {case_ref}", "space", id="a blank within"),
        pytest.param("https://a.example/{case_ref}\n", "character", id="a new line"),
        pytest.param("https://a.example/ä/{case_ref}", "character", id="a letter"),
        pytest.param("https://a.example/{x}/{case_ref}", "character", id="a brace"),
        pytest.param('https://a.example/"{case_ref}', "character", id="a quote"),
        pytest.param("https://a.example/{case_ref}<b>", "character", id="an element"),
        pytest.param("https://a.example\\@b.example/{case_ref}", "https", id="slashes"),
        pytest.param(
            "https://a.example/{case_ref}" + "x" * LONGEST_TEMPLATE,
            "too long",
            id="too long",
        ),
    ],
)
def test_what_no_link_can_be_made_of_is_refused(template: str, told: str) -> None:
    with pytest.raises(LinkTemplateError, match=told) as caught:
        ensure_template(template)

    assert caught.value.text.fi
    assert caught.value.text.sv


@given(st.text(min_size=1))
def test_no_reference_leads_anywhere_else(case_ref: str) -> None:
    try:
        case_ref.encode()
    except UnicodeEncodeError:
        return  # refused by the intake
    address = link(case_ref)

    if address is None:
        assert case_ref in {".", ".."}
        return
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", "client.county.example:8443")
    assert (parts.query, parts.fragment) == ("from=m", "top")
    before, name, after = parts.path.rsplit("/", 2)
    assert (before, unquote(name), after) == ("/cases", case_ref, "open")


def test_a_source_of_which_nobody_has_said_it_has_no_links() -> None:
    assert ClientLinks({}).to("client-a", "A-1") is None
