"""Templates become pages: strictly, escaped, and with the headers of a page."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.domain.texts import Language
from app.i18n import translations
from app.web import static_files
from app.web.languages import language_links, language_of, remember
from app.web.navigation import menu

# Nothing comes from elsewhere, nothing inline runs, and nobody frames a page.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # What somebody was shown is not to be found in the browser after signing out.
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept, Accept-Language, Cookie",
}


@cache
def environment(language: Language) -> Environment:
    """Return where the templates of *language* are; a value they lack is an error."""
    made = Environment(
        loader=PackageLoader("app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    texts = translations(language)
    # Added by the extension, so not known to the type of the environment.
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = static_files.address
    return made


def page(
    request: Request, template: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    """Return *template* as the answer to *request*, filled with finished *values*."""
    language = language_of(request)
    body = (
        environment(language)
        .get_template(template)
        .render(
            language=language.value,
            languages=language_links(request),
            menu=menu(request),
            is_signed_in=getattr(request.state, "actor", None) is not None,
            **values,
        )
    )
    response = HTMLResponse(body, status_code=status, headers=_HEADERS)
    remember(request, response)
    return response
