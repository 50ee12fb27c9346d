"""A page as its reader's tools take it: parsed strictly, and asked what it says."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib

LABELLED = ("input", "select", "textarea")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class Document:
    """The elements of a page."""

    root: Element

    def all(self, *tags: str) -> list[Element]:
        """Return every element that is one of *tags*, in their order."""
        return [each for each in self.root.iter() if _local(each) in tags]

    def one(self, tag: str) -> Element:
        """Return the only element *tag*."""
        (found,) = self.all(tag)
        return found

    def text(self, *tags: str) -> list[str]:
        """Return what every element of *tags* says."""
        return [said(each) for each in self.all(*tags)]

    @property
    def title(self) -> str:
        """Return the title of the page."""
        title = self.one("head").find("title")
        assert title is not None
        return said(title)

    @property
    def words(self) -> str:
        """Return all that the page says."""
        return said(self.one("body"))

    def links(self) -> dict[str, str]:
        """Return where every link leads, by what it says."""
        return {said(link): link.get("href", "") for link in self.all("a")}

    def attributes(self, name: str) -> list[str]:
        """Return the values of every attribute *name*."""
        return [each.attrib[name] for each in self.root.iter() if name in each.attrib]


def _local(element: Element) -> str:
    """Return the name of *element* without its namespace, which pictures have."""
    return element.tag.rpartition("}")[2]


def said(element: Element) -> str:
    """Return the text of *element*, its spaces as a reader sees them."""
    return " ".join("".join(element.itertext()).split())


def parse(html: str) -> Document:
    """Return the page *html*, which must be valid and fit for every reader.

    Raises:
        AssertionError, html5lib.html5parser.ParseError: it is not.
    """
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = Document(parser.parse(html))
    _has_one_name(page)
    _has_landmarks(page)
    _has_headings_in_order(page)
    _has_labels(page)
    _has_unique_ids(page)
    _runs_nothing_inline(page)
    return page


def _has_one_name(page: Document) -> None:
    (heading,) = page.text("h1")
    assert heading
    assert page.title.startswith(heading)
    assert page.title.endswith("Määräaika")
    assert page.root.get("lang") in {"fi", "sv", "en"}


def _has_landmarks(page: Document) -> None:
    for landmark in ("header", "main", "footer"):
        assert len(page.all(landmark)) == 1, landmark
    names = [nav.get("aria-label") for nav in page.all("nav")]
    assert all(names)
    assert len(set(names)) == len(names)
    regions = [
        each.get("aria-label") or each.get("aria-labelledby")
        for each in page.root.iter()
        if each.get("role") == "region"
    ]
    assert all(regions)
    assert len(set(regions)) == len(regions), regions
    skip = page.all("a")[0]
    assert skip.get("href") == f"#{page.one('main').get('id')}"


def _has_headings_in_order(page: Document) -> None:
    levels = [int(_local(each)[1]) for each in page.all(*HEADINGS)]
    assert levels[0] == 1
    for before, level in pairwise(levels):
        assert 1 < level <= before + 1, page.text(*HEADINGS)
    assert all(page.text(*HEADINGS))


def _has_labels(page: Document) -> None:
    labelled = {label.get("for") for label in page.all("label")}
    for field in page.all(*LABELLED):
        if field.get("type") not in {"hidden", "submit"}:
            assert field.get("id") in labelled, field.attrib
    for table in page.all("table"):
        assert table.find("caption") is not None
        assert all(cell.get("scope") for cell in table.iter("th"))
    for picture in page.all("svg", "img"):
        is_silent = picture.get("aria-hidden") == "true"
        assert is_silent or picture.get("role") == "img", picture.attrib


def _has_unique_ids(page: Document) -> None:
    ids = Counter(page.attributes("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for value in page.attributes(name):
            assert ids.keys() >= set(value.split()), value


def _runs_nothing_inline(page: Document) -> None:
    assert page.all("style") == []
    for element in page.root.iter():
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
    for script in page.all("script"):
        assert script.get("src")
