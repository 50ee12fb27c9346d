"""What documents about clocks have in common."""

from app.domain.texts import Text
from app.exports import numbers
from app.exports.document import (
    Definition,
    Document,
    Section,
    Table,
)
from app.services.documents import audience
from app.services.documents.vocabulary import Vocabulary
from app.services.reports import Asked


def document(
    asked: Asked,
    words: Vocabulary,
    *,
    name: str,
    title: Text,
    data: Table,
    sections: tuple[Section, ...],
    definition: Text,
) -> Document:
    """Return a document of figures about clocks, with what these are."""
    language = words.language
    return Document(
        name=name,
        title=title.to(language),
        subtitle=numbers.day(asked.as_of, language),
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=asked.known_at,
        facts=words.facts(asked.as_of, asked.known_at),
        data=data,
        sections=sections,
        definitions=(
            Definition(term=title.to(language), text=definition.to(language)),
        ),
    )
