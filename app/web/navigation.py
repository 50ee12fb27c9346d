"""The links that every page has: those to what the reader may see."""

from dataclasses import dataclass

from starlette.requests import Request

from app.domain.access import Actor, Permission


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


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of the service; for everybody, where it needs no *permission*."""

    href: str
    text: str
    permission: Permission | None = None

    def is_open_to(self, actor: Actor | None) -> bool:
        """Tell whether *actor* may see it; None has not signed in."""
        if self.permission is None:
            return True
        return actor is not None and actor.may(self.permission)

    def has(self, path: str) -> bool:
        """Tell whether the page at *path* is below it."""
        return self.href != "/" and path.startswith(f"{self.href}/")


_SECTIONS = (
    _Section("/", N_("Today"), Permission.READ_CASES),
    _Section("/worklist", N_("Worklist"), Permission.READ_CASES),
    _Section("/figures", N_("Figures"), Permission.READ_FIGURES),
    _Section("/findings", N_("Findings"), Permission.READ_FINDINGS),
    _Section("/sources", N_("Sources"), Permission.READ_SOURCES),
    _Section("/access-log", N_("Access log"), Permission.READ_ACCESS_LOG),
    _Section("/settings", N_("Settings"), Permission.MANAGE_KEYS),
    _Section("/calculator", N_("Calculator")),
    _Section("/law", N_("Law")),
)


def menu(request: Request) -> tuple[MenuLink, ...]:
    """Return the links of the main menu for who asks."""
    actor: Actor | None = getattr(request.state, "actor", None)
    path: str = request.scope["path"]
    return tuple(
        MenuLink(
            href=section.href,
            text=section.text,
            is_current=path == section.href,
            is_section=section.has(path),
        )
        for section in _SECTIONS
        if section.is_open_to(actor)
    )
