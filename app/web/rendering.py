"""Templates become pages: strictly, escaped, and with the headers of a page."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app import clock
from app.domain.texts import Language
from app.i18n import translations
from app.web import static_files
from app.web.languages import language_links, language_of, remember
from app.web.navigation import menu

_FIRST_ERROR = 400
# A page is in the language, and for the eyes, of who asks for it.
_HEADERS = {"Vary": "Accept, Accept-Language, Cookie"}


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
    # As texts are collected: one of several lines is looked up as a single one.
    made.policies["ext.i18n.trimmed"] = True
    texts = translations(language)
    # Added by the extension, so not known to the type of the environment.
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    made.globals["static"] = static_files.address
    return made


def told(text: str, language: Language) -> str:
    """Return *text*, which is marked somewhere for its translators, in *language*."""
    return translations(language).gettext(text)


def page(
    request: Request, template: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    """Return *template* as the answer to *request*, filled with finished *values*."""
    language = language_of(request)
    # A page that understood its question links to it; one of an error repeats nothing.
    asked = request.query_params.multi_items() if status < _FIRST_ERROR else ()
    # Nor does it lead to a file of the API by which it was met.
    here = "/" if request.scope["path"].startswith("/v1/") else ""
    body = (
        environment(language)
        .get_template(template)
        .render(
            language=language.value,
            languages=language_links(request, asked, here),
            menu=menu(request),
            is_signed_in=getattr(request.state, "actor", None) is not None,
            session=getattr(request.state, "session", None),
            now=clock.now(),
            **values,
        )
    )
    response = HTMLResponse(body, status_code=status, headers=_HEADERS)
    remember(request, response)
    return response
