"""The links that every page has: those to what the reader may see."""

from dataclasses import dataclass

from starlette.requests import Request


def N_(text: str) -> str:  # noqa: N802 (the mark by which gettext finds texts)
    """Return *text*, which a template translates."""
    return text


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link of the main menu; a template translates its *text*."""

    href: str
    text: str
    is_current: bool
    is_section: bool


_PUBLIC = (
    ("/calculator", N_("Calculator")),
    ("/law", N_("Law")),
)


def menu(request: Request) -> tuple[MenuLink, ...]:
    """Return the links of the main menu for who asks."""
    path = request.url.path
    return tuple(
        MenuLink(
            href=href,
            text=text,
            is_current=path == href,
            is_section=path.startswith(f"{href}/"),
        )
        for href, text in _PUBLIC
    )
