"""A document with everything in it, and texts that programs like to misread."""

from datetime import UTC, date, datetime
from itertools import product

from app.domain.texts import Language
from app.exports.charts.model import (
    Bin,
    Bins,
    Chart,
    Estimate,
    Intervals,
    Limit,
    Lines,
    Mark,
    Point,
    Run,
    Series,
    Unit,
)
from app.exports.charts.twins import plot
from app.exports.document import (
    Column,
    Definition,
    Document,
    Fact,
    Kind,
    Paragraph,
    Section,
    Table,
    Withheld,
)

TARGET = Limit(value=1.0, label="Tavoite 100 %")
INTERVALS = Intervals(
    code="groups",
    title="Ajoissa äidinkielen mukaan",
    description="Suomenkieliset 94,3 %, vieraskieliset 82,0 %, saamenkieliset vähän.",
    unit=Unit.SHARE,
    limit=TARGET,
    estimates=(
        Estimate(
            label="suomi",
            count=1234,
            value=0.943,
            low=0.928,
            high=0.955,
            mark=Mark.DIAMOND,
        ),
        Estimate(
            label="muu kieli, pitkällä nimellä kirjoitettuna",
            count=400,
            value=0.82,
            low=0.78,
            high=0.86,
            mark=Mark.TRIANGLE,
        ),
        Estimate(label="saame", count=3, value=None, low=None, high=None),
    ),
    legend=((Mark.DIAMOND, "vertailuryhmä"), (Mark.TRIANGLE, "erottuu")),
)
GAPS = Intervals(
    code="gaps",
    title="Ero suomenkielisiin",
    description="Vieraskieliset 12,0 prosenttiyksikköä vähemmän.",
    unit=Unit.POINTS,
    estimates=(
        Estimate(label="muu kieli", count=None, value=-0.12, low=-0.17, high=-0.07),
    ),
)
RUN = Run(
    code="run",
    title="Kuukausittain",
    description="Kolme kuukautta, joista yksi poikkeaa.",
    centre=Limit(value=0.92, label="keskitaso 92,0 %"),
    baseline=2,
    points=(
        Point(label="1/2026", count=90, value=0.93, low=0.85, high=1.0),
        Point(label="2/2026", count=0, value=None, low=None, high=None),
        Point(
            label="3/2026",
            count=80,
            value=0.71,
            low=0.84,
            high=0.99,
            signal="piste rajojen ulkopuolella",
        ),
    ),
)
BINS = Bins(
    code="days",
    title="Päiviä ratkaisuun",
    description="Useimmat seitsemännellä arkipäivällä.",
    axis="arkipäivää",
    within=2,
    limit="määräaika 7 arkipäivää",
    bins=(
        Bin(label="0–3", count=120),
        Bin(label="4–7", count=1210),
        Bin(label="8–", count=0),
    ),
)
LINES = Lines(
    code="years",
    title="Vuosittain",
    description="Molemmat paranevat.",
    unit=Unit.SHARE,
    labels=("2024", "2025", "2026"),
    limit=TARGET,
    series=(
        Series(name="vireilletulo", values=(0.9, None, 0.95)),
        Series(name="arviointi", values=(0.8, 0.82, 0.85)),
        Series(name="ei lukuja", values=(None, None, None)),
    ),
)
FLOW = Lines(
    code="flow",
    title="Virta",
    description="Jono kasvaa.",
    unit=Unit.COUNT,
    labels=("1/2026", "2/2026"),
    series=tuple(
        Series(name=f"sarja {number}", values=(400.0 + number, 1400.0 * number))
        for number in range(6)
    ),
)
CHARTS: tuple[Chart, ...] = (INTERVALS, GAPS, RUN, BINS, LINES, FLOW)

COLUMNS = (
    Column(code="unit", heading="Yksikkö"),
    Column(code="due", heading="Päättyneitä", kind=Kind.COUNT),
    Column(code="rate", heading="Ajoissa", kind=Kind.SHARE),
    Column(code="mean", heading="Päiviä yli", kind=Kind.NUMBER),
    Column(code="due_on", heading="Määräpäivä", kind=Kind.DAY),
    Column(code="known_at", heading="Tiedossa", kind=Kind.INSTANT),
)
NOON = datetime(2026, 11, 2, 10, 15, tzinfo=UTC)
# An instant of the database has microseconds.
MADE_AT = NOON.replace(microsecond=123456)
DATA = Table(
    title="Yksiköittäin",
    columns=COLUMNS,
    rows=(
        ("Leppävaara", 12345, 0.9431, 2.25, date(2026, 10, 6), NOON),
        ("Espoonlahti", Withheld.FEW, None, None, None, None),
        ("Yhteensä", 12349, 0.99999, 0.0, None, None),
    ),
    totals=1,
)

_STARTS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\u200b=", "\uff1d")
_ENDS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://example.org";"x")',
    "SUM(A1:A9)*cmd|'/C calc'!A0",
    "DDE(server;file;item)",
    "IMPORTXML(CONCAT(1))",
    "\x01\x0b\x1f",
    "\u202eevil\u200d",
    "\ufeffhidden",
    "A1_x0041_",
    "ä" * 40_000,
    "<b>&amp;</b>",
    "\ufffe\uffff",
    "“\u00ad”",
    "{=1}",
    "0" * 400,
)
_LINKS = tuple(
    f"{scheme}{place}"
    for scheme, place in product(
        ("http://", "https://", "mailto:", "ftp://", "internal:", "external:", "file:"),
        ("example.org", "a@b.example", "Sheet1!A1", "C:\\x.xlsx", "/etc/passwd"),
    )
)
_TYPST = (
    '#read("/etc/passwd")',
    '#image("x.png")',
    "$x^2$ *b* _i_ `raw` ] [ } { \\ // /* @ref <label> ~ --- = h",
    "#panic()",
    "]#eval(",
)
HOSTILE = (*(s + e for s, e in product(_STARTS, _ENDS)), *_LINKS, *_TYPST)


def document(
    *,
    language: Language = Language.FI,
    data: Table = DATA,
    title: str = "Määräaikojen toteutuminen",
) -> Document:
    """Return a document with every kind of part."""
    plots = tuple(plot(chart, language) for chart in CHARTS)
    return Document(
        name="compliance-2026-10",
        title=title,
        subtitle="lokakuu 2026",
        audience="Sisäinen: ei julkaistavaksi.",
        language=language,
        made_at=MADE_AT,
        facts=(
            Fact(name="Tarkastelupäivä", value=date(2026, 11, 2), kind=Kind.DAY),
            Fact(name="Tiedossa", value=NOON, kind=Kind.INSTANT),
            Fact(name="Laintulkinta", value="eves=non-working, roll=on"),
        ),
        data=data,
        sections=(
            Section(heading="Luvut", parts=(Paragraph("Yksi virke."), data)),
            Section(heading="Kuviot", parts=plots),
        ),
        definitions=(Definition(term="Ajoissa", text="Viimeistään määräpäivänä."),),
    )


def hostile_table() -> Table:
    """Return a table whose texts are all hostile."""
    return Table(
        title="Yksiköt",
        columns=(
            Column(code="unit", heading="Yksikkö"),
            Column(code="worker", heading="Työntekijä"),
        ),
        rows=tuple((text, text[::-1]) for text in HOSTILE),
    )
