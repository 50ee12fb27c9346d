"""Texts that others chose, as no program takes for more than a text."""

import unicodedata

# A spreadsheet takes a text that begins with one of these for a formula; some take the
# full-width forms of Chinese and Japanese keyboards for the same.
FORMULA_STARTS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
# What makes a spreadsheet begin a new cell, in which a formula may follow.
_CELL_ENDS = ("\t", "\r", "\n")
# Control, format, surrogate, private and unassigned characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def harmless(text: str) -> str:
    """Return *text* as no spreadsheet takes for a formula when it reads a CSV file."""
    seen = text.lstrip("".join(filter(_is_blank, set(text))))
    if seen.startswith(FORMULA_STARTS) or text.startswith(_CELL_ENDS):
        return f"'{text}"
    return text


def readable(text: str) -> str:
    """Return *text* with every character that cannot be seen written out.

    What cannot be seen may turn the direction of reading, hide a part of a name, or be
    forbidden in XML.
    """
    if text.isprintable():
        return text
    return "".join(written_out(char) if _is_unseen(char) else char for char in text)


def written_out(char: str) -> str:
    """Return the number of *char* as Unicode has it."""
    return f"[U+{ord(char):04X}]"


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN or char in "\u2028\u2029"


def _is_blank(char: str) -> bool:
    return char.isspace() or _is_unseen(char)
