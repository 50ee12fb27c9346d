"""The gaps between groups as a document: a chart of differences, and what is told."""

from collections.abc import Iterator

from app.domain.equity import Difference, Gap, Gaps, Reason, Share, Standing
from app.domain.equity_texts import DEFINITION, WHY_NOT
from app.domain.labels import people
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Estimate, Intervals, Limit, Mark, Unit
from app.exports.charts.twins import plot
from app.exports.document import (
    Column,
    Definition,
    Document,
    Fact,
    Kind,
    Paragraph,
    Plot,
    Section,
    Table,
    Value,
)
from app.services.documents import audience
from app.services.documents.gap_sentences import sentences, told
from app.services.documents.vocabulary import Vocabulary, words_of
from app.services.equity import EquityReport

_TITLE = Text(
    fi="Erot ryhmien välillä",
    sv="Skillnader mellan grupper",
    en="Gaps between groups",
)
_AS_IT_IS = Text(
    fi="Ero sellaisenaan, prosenttiyksikköä",
    sv="Skillnaden som den är, procentenheter",
    en="Difference as it is, percentage points",
)
_LIKE = Text(
    fi="Ero saman yksikön ja iän lapsiin, prosenttiyksikköä",
    sv="Skillnaden till barn i samma enhet och ålder, procentenheter",
    en="Difference to children of the same unit and age, percentage points",
)
_APART = Text(fi="erottuu", sv="skiljer sig", en="told apart")
_NOT_APART = Text(fi="ei erotu", sv="skiljer sig inte", en="cannot be told apart")
_KIND = Text(fi="Vertailu", sv="Jämförelse", en="Comparison")
_WHY = Text(fi="Miksi ei vertailtu", sv="Varför inte jämförd", en="Why not compared")


def document(report: EquityReport, language: Language) -> Document:
    """Return *report* as a document."""
    asked, found, period = report.asked, report.found, report.period
    words = words_of(asked, language)
    basis = words.coded("basis", report.basis.value).label
    return Document(
        name=f"equity-{report.rule}-{found.dimension}-{period.code}",
        title=_TITLE.to(language),
        subtitle=numbers.span(period.first, period.last, language),
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=asked.known_at,
        facts=(
            words.period(period),
            Fact(name=words.column("basis").heading, value=basis),
            *words.facts(asked.as_of, asked.known_at),
        ),
        data=_data(found, words),
        sections=(
            Section(
                heading=words.coded("rule", report.rule).label,
                parts=(
                    # Each for itself: together they are a wall of numbers.
                    *(Paragraph(each) for each in told(found, language)),
                    _chart(found, words, "as_it_is"),
                    _chart(found, words, "like"),
                ),
            ),
        ),
        definitions=(
            Definition(term=_TITLE.to(language), text=DEFINITION.to(language)),
        ),
    )


def _chart(found: Gaps, words: Vocabulary, kind: str) -> Plot:
    language = words.language
    is_like = kind == "like"
    estimates = tuple(
        _estimate(found, gap, gap.standardised if is_like else gap.crude, language)
        for gap in found.gaps
    )
    reference = people(found.dimension, found.reference, language)
    return plot(
        Intervals(
            code=f"gaps-{kind}",
            title=(_LIKE if is_like else _AS_IT_IS).to(language),
            description=sentences(found).to(language),
            unit=Unit.POINTS,
            estimates=estimates,
            limit=Limit(value=0.0, label=reference),
            legend=(
                (Mark.TRIANGLE, _APART.to(language)),
                (Mark.DOT, _NOT_APART.to(language)),
            ),
        ),
        language,
    )


def _estimate(
    found: Gaps, gap: Gap, result: Difference | Reason, language: Language
) -> Estimate:
    label = people(found.dimension, gap.group, language)
    if isinstance(result, Reason):
        return Estimate(
            label=label, count=gap.share.due, value=None, low=None, high=None
        )
    low, high = result.interval
    is_apart = result.standing is not Standing.CANNOT_TELL
    return Estimate(
        label=label,
        count=gap.share.due,
        value=result.points / 100,
        low=low / 100,
        high=high / 100,
        mark=Mark.TRIANGLE if is_apart else Mark.DOT,
    )


def _data(found: Gaps, words: Vocabulary) -> Table:
    language = words.language
    columns = (
        words.column("group"),
        words.column("due", Kind.COUNT),
        words.column("in_time", Kind.COUNT),
        words.column("rate", Kind.SHARE),
        Column(code="comparison", heading=_KIND.to(language)),
        words.column("points", Kind.NUMBER),
        words.column("interval_low", Kind.NUMBER),
        words.column("interval_high", Kind.NUMBER),
        Column(code="why_not", heading=_WHY.to(language)),
    )
    return Table(
        title=_TITLE.to(language), columns=columns, rows=tuple(_rows(found, words))
    )


def _rows(found: Gaps, words: Vocabulary) -> Iterator[tuple[Value, ...]]:
    yield (
        words.coded(found.dimension, found.reference),
        *_share(found, found.reference_share),
        *(None, None, None, None, None),
    )
    for gap in found.gaps:
        group = words.coded(found.dimension, gap.group)
        for text, result in ((_AS_IT_IS, gap.crude), (_LIKE, gap.standardised)):
            kind = text.to(words.language)
            if isinstance(result, Reason):
                why = WHY_NOT[result].to(words.language)
                compared: tuple[Value, ...] = (kind, None, None, None, why)
            else:
                compared = (kind, result.points, *result.interval, None)
            yield group, *_share(found, gap.share), *compared


def _share(found: Gaps, share: Share) -> tuple[Value, ...]:
    is_shown = share.due >= max(found.minimum_n, 1)
    return share.due, share.in_time, share.in_time / share.due if is_shown else None
