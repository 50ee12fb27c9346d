"""Figures as columns, rows, marks and sentences, for every document that shows them."""

from collections.abc import Iterable, Sequence

from app.domain.cells import Cell, Span
from app.domain.compliance import Dimension
from app.domain.figures import BANDS, Figures, Number
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Estimate, Mark
from app.exports.document import Coded, Column, Kind, Value
from app.services.documents.vocabulary import Vocabulary

# The order in which the columns came to be: programs read them by place too.
APPENDED = (Number.HINGING, Number.IN_TIME_BY_READING, *BANDS)
NUMBERS = tuple(number for number in Number if number not in APPENDED)
_WITH_ALL_BELOW = Text(fi="{name} yhteensä", sv="{name} sammanlagt", en="{name} in all")
_SUMMARY = Text(
    fi="Määräaikoja, joista osuus lasketaan, oli {due}. Niistä {in_time} ({rate}) "
    "toteutui ajoissa. Myöhässä päättyi {late}, ja {open_late} on yhä avoinna, vaikka "
    "määräaika on ohi.",
    sv="Andelen räknas av {due} tidsfrister. Av dem iakttogs {in_time} ({rate}). "
    "{late} avslutades för sent, och {open_late} är fortfarande öppna fast fristen har "
    "löpt ut.",
    en="The share is taken of {due} deadlines. Of these {in_time} ({rate}) were kept. "
    "{late} were met or ended late, and {open_late} are still open past their due "
    "date.",
)
_TOO_FEW = Text(fi="liian vähän", sv="för få", en="too few")


def data_columns(words: Vocabulary, by: Sequence[Dimension]) -> tuple[Column, ...]:
    """Return the columns of figures for machines."""
    return (
        *(words.column(code) for code in ("row", "period", "basis")),
        words.column("as_of", Kind.DAY),
        *(words.column(code) for code in ("rule", *by)),
        *(words.column(number.value, Kind.COUNT) for number in NUMBERS),
        *(
            words.column(code, Kind.SHARE)
            for code in ("rate", "interval_low", "interval_high")
        ),
        *(
            words.column(f"days_over_{code}", Kind.NUMBER)
            for code in ("median", "p90", "mean")
        ),
        words.column("days_over_maximum", Kind.COUNT),
        *(words.column(number.value, Kind.COUNT) for number in APPENDED),
    )


def data_values(figures: Figures) -> tuple[Value, ...]:
    """Return *figures* as the columns behind the groups have them."""
    over = figures.days_over
    return (
        *(figures.numbers[number] for number in NUMBERS),
        figures.rate,
        *(figures.interval or (None, None)),
        *((over.median, over.p90, over.mean) if over else (None, None, None)),
        over.maximum if over else None,
        *(figures.numbers[number] for number in APPENDED),
    )


def groups(
    cell: Cell, by: Sequence[Dimension], words: Vocabulary
) -> tuple[Coded | None, ...]:
    """Return the groups of *cell* under their names; none of them in a total."""
    match cell.place.span:
        case Span.TOTAL:
            return (None,) * len(by)
        case Span.SUBTOTAL:
            return tuple(
                words.coded(name, group) if name is Dimension.UNIT else None
                for name, group in zip(by, cell.groups, strict=True)
            )
        case _:
            return tuple(
                words.coded(name, group)
                for name, group in zip(by, cell.groups, strict=True)
            )


def name_of(cell: Cell, by: Sequence[Dimension], words: Vocabulary) -> str:
    """Return what *cell* is of, in a few words."""
    name = words.named(
        (dimension, group.code)
        for dimension, group in zip(by, groups(cell, by, words), strict=True)
        if group is not None
    )
    if cell.place.span is Span.SUBTOTAL:
        # Beside the row of what the unit has by itself.
        return _WITH_ALL_BELOW.to(words.language).format(name=name)
    return name


def estimate(label: str, figures: Figures, mark: Mark = Mark.DOT) -> Estimate:
    """Return the rate of *figures* and its interval as a mark of a chart."""
    low, high = figures.interval or (None, None)
    return Estimate(
        label=label,
        count=figures.due,
        value=figures.rate,
        low=low,
        high=high,
        mark=mark,
    )


def printed_columns(
    words: Vocabulary, by: Iterable[Column], more: Iterable[Column] = ()
) -> tuple[Column, ...]:
    """Return the columns of figures for people, behind the columns *by*."""
    return (
        *by,
        *(words.column(code, Kind.COUNT) for code in ("due", "in_time", "late")),
        words.column("open_late", Kind.COUNT),
        words.column("rate", Kind.SHARE),
        words.column("interval"),
        *more,
    )


def printed_values(figures: Figures, language: Language) -> tuple[Value, ...]:
    """Return *figures* as ``printed_columns`` has them."""
    interval = figures.interval
    return (
        *(figures.due, figures.numbers[Number.IN_TIME]),
        *(figures.numbers[Number.LATE], figures.numbers[Number.OPEN_LATE]),
        figures.rate,
        None if interval is None else numbers.interval(*interval, language),
    )


def summary(figures: Figures, language: Language) -> str:
    """Return in a few sentences how many deadlines were kept, and what became else."""
    told = {
        number.value: numbers.count(figures.numbers[number], language)
        for number in (Number.DUE, Number.IN_TIME, Number.LATE, Number.OPEN_LATE)
    }
    return _SUMMARY.to(language).format(rate=rate(figures, language), **told)


def rate(figures: Figures, language: Language) -> str:
    """Return the rate in words, also where there is none."""
    if figures.rate is None:
        return _TOO_FEW.to(language)
    return numbers.share(figures.rate, language)


def described(estimates: Sequence[Estimate], language: Language) -> str:
    """Return in words what a chart of *estimates* shows, for who cannot see it."""
    return "; ".join(
        f"{each.label}: "
        + (
            _TOO_FEW.to(language)
            if each.value is None
            else numbers.share(each.value, language)
        )
        for each in estimates
    )
