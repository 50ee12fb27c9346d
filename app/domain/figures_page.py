"""docs/figures.md: every figure with its definition, rendered from the program."""

from collections.abc import Iterable, Iterator

from app.domain.definitions import (
    CLOCKS,
    MEASURES,
    NUMBERS,
    Definition,
    bands_of,
    bases,
)
from app.domain.law import RULES
from app.domain.report_settings import ASSUMED

_HEAD = """\
# The figures and what they are

Generated from `app/domain/definitions.py`; change the definitions there, then run
`make docs`. The same texts come with `GET /v1/definitions`. A code is how answers, CSV
files and `GET /v1/reports/compliance/cases` name a figure."""


def figures_page() -> str:
    """Return the page in Markdown; it ends with one newline."""
    parts = (
        _HEAD,
        "## Bases",
        *_sections(bases(ASSUMED)),
        "## Numbers",
        *_sections(NUMBERS),
        "## Bands of lateness",
        "\n".join(_bands()),
        "## Measures",
        *_sections(MEASURES),
        "## Open clocks",
        *_sections(CLOCKS),
    )
    return "\n\n".join(parts) + "\n"


def _sections(definitions: Iterable[Definition]) -> Iterator[str]:
    for each in definitions:
        title, text = each.title, each.text
        yield (
            f"### {each.code}\n\n"
            f"**{title.en}.** {text.en}\n\n"
            f"*{title.fi}.* {text.fi}\n\n"
            f"*{title.sv}.* {text.sv}"
        )


def _bands() -> Iterator[str]:
    yield "| rule | `within_limit` | `over_limit` | `far_over_limit` |"
    yield "|---|---|---|---|"
    for rule in RULES:
        bands = bands_of(rule.versions[-1]).values()
        yield f"| `{rule.code}` | {' | '.join(band.en for band in bands)} |"
