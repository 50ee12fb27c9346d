"""PDF: what a screen reader hears, what a printer prints, and what no text may do."""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import ImageChops, ImageStat
from PIL.Image import Image

from app.domain.texts import Language
from app.exports.document import Column, Table
from app.exports.paper import _SHOWN, paper, shown
from tests.exports.example import CHARTS, HOSTILE, document, hostile_table

A4 = (595.28, 841.89)
MARGIN = 20  # points, well inside the margins of the template


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return paper(document())


@pytest.fixture
def structure(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(pdf)) as found:
        yield found


def elements(found: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Give every element of the structure tree, in the order of reading."""
    waiting: list[pikepdf.Object] = [found.Root.StructTreeRoot]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(reversed(list(node.as_list())))
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield node
            if "/K" in node:
                waiting.append(node["/K"])


def tags(found: pikepdf.Pdf) -> list[str]:
    return [str(element["/S"]) for element in elements(found)]


def text_of(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(content)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    pages.close()
    return text


def flat(text: str) -> str:
    """Return *text* without the places at which lines may break."""
    return "".join(text.replace("\u200b", "").replace("\ufffe", "").split())


def test_the_pdf_says_that_it_is_tagged_titled_and_in_which_language(
    structure: pikepdf.Pdf,
) -> None:
    root = structure.Root

    assert root.MarkInfo.Marked
    assert str(root.Lang) == "fi-FI"
    assert root.ViewerPreferences.DisplayDocTitle
    with structure.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["pdfaid:part"] == "2"
        assert metadata["pdfaid:conformance"] == "A"
        assert metadata["dc:title"] == "Määräaikojen toteutuminen"


def test_headings_tables_and_figures_are_tagged_as_such(
    structure: pikepdf.Pdf,
) -> None:
    found = tags(structure)

    assert found[0] == "/Document"
    assert "/Title" in found
    assert found.count("/H1") == 4  # two sections, definitions, facts
    assert found.count("/Table") == len(CHARTS) + 2
    assert found.count("/THead") == found.count("/Table")
    assert found.count("/TH") >= found.count("/Table") * 2
    assert found.count("/Figure") == len(CHARTS)


def test_every_figure_has_its_alternative_text(structure: pikepdf.Pdf) -> None:
    figures = [each for each in elements(structure) if each["/S"] == "/Figure"]

    assert [str(each["/Alt"]) for each in figures] == [
        chart.description for chart in CHARTS
    ]


def test_every_page_is_a4_and_all_its_content_is_tagged_or_decoration(
    structure: pikepdf.Pdf,
) -> None:
    for page in structure.pages:
        width, height = (float(side) for side in page.MediaBox[2:])
        assert (width, height) == pytest.approx(A4, abs=0.5)
        assert page["/Tabs"] == "/S" or "/Annots" not in page
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            if operator in ("BDC", "BMC"):
                depth += 1
            elif operator == "EMC":
                depth -= 1
            elif operator in ("Tj", "TJ", "Do", "f", "S", "B"):
                assert depth, operator


def rendered(content: bytes) -> list[Image]:
    pages = pypdfium2.PdfDocument(content)
    images = [page.render(scale=1).to_pil().convert("L") for page in pages]
    pages.close()
    return images


def test_pages_are_filled_and_nothing_touches_their_edge(pdf: bytes) -> None:
    for image in rendered(pdf):
        width, height = image.size
        inner = (MARGIN, MARGIN, width - MARGIN, height - MARGIN)
        assert ImageStat.Stat(image.crop(inner)).extrema[0][0] < 80
        frame = image.copy()
        frame.paste(255, inner)
        assert ImageChops.invert(frame).getbbox() is None


def test_every_page_is_numbered_and_from_the_second_on_has_the_title(
    pdf: bytes,
) -> None:
    pages = pypdfium2.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_bounded() for page in pages]
    pages.close()

    assert len(texts) > 2
    for number, text in enumerate(texts, start=1):
        assert f"sivu {number} / {len(texts)}" in text
        assert "Määräaikojen toteutuminen" in text


@pytest.mark.parametrize("language", list(Language))
def test_the_words_around_the_figures_are_in_the_language(language: Language) -> None:
    text = text_of(paper(document(language=language)))

    assert {"fi": "Käsitteet", "sv": "Begrepp", "en": "Definitions"}[language] in text


def test_what_is_withheld_is_explained(pdf: bytes) -> None:
    assert "jotta ketään ei voida tunnistaa" in text_of(pdf)


def test_the_same_document_gives_the_same_bytes(pdf: bytes) -> None:
    assert paper(document()) == pdf


def test_texts_reach_the_paper_as_texts(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    names = (f'#read("{secret}")', '#read("paper.typ")', *HOSTILE[-5:])
    table = Table(
        title=names[0],
        columns=(Column(code="unit", heading=names[1]),),
        rows=tuple((name,) for name in names),
    )

    text = text_of(paper(document(data=table, title=names[0])))

    assert "do not tell" not in text
    for name in names:
        assert flat(name) in flat(text)


def test_hostile_texts_can_be_printed() -> None:
    table = hostile_table()
    short = Table(
        title=table.title,
        columns=table.columns,
        rows=tuple(row for row in table.rows if len(str(row[0])) < 500),
    )

    assert "[U+202E]evil[U+200D]" in flat(text_of(paper(document(data=short))))


def test_a_letter_that_the_font_lacks_is_written_as_its_number() -> None:
    assert shown("Čáppa 中 😀") == "Čáppa [U+4E2D] [U+1F600]"


def test_the_font_has_every_letter_that_we_leave_as_it_is() -> None:
    letters = "".join(
        chr(code) for first, last in _SHOWN for code in range(first, last + 1)
    )
    assert shown(letters) == letters

    # PDF/UA forbids a letter without a shape, and Typst then refuses the document.
    assert paper(document(title=f"{letters}"))


def test_a_wide_table_turns_the_page(pdf: bytes) -> None:
    columns = tuple(Column(code=f"c{n}", heading=f"Sarake {n}") for n in range(12))
    wide = Table(title="", columns=columns, rows=(tuple("x" * 12),))

    with pikepdf.open(io.BytesIO(paper(document(data=wide)))) as found:
        box = found.pages[0].MediaBox

    assert float(box[2]) > float(box[3])
    assert len(pdf) < 400_000
