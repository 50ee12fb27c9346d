"""Other forms of ASCII characters, read as these: full-width digits, dashes, spaces."""

import unicodedata

_SIGNS_READ_AS_HYPHEN = frozenset("\N{SOFT HYPHEN}\N{MINUS SIGN}\N{HYPHEN BULLET}")

# Where Unicode keeps spaces, dashes and other forms of ASCII digits and letters.
_BLOCKS_OF_OTHER_FORMS = (
    range(0x00A0, 0x0100),  # Latin-1: no-break space, soft hyphen, superscripts
    range(0x058A, 0x05BF),  # Armenian and Hebrew hyphen
    range(0x2000, 0x2500),  # punctuation, superscripts, signs, circled forms
    range(0x2E00, 0x30A1),  # more punctuation, wide space, Japanese hyphens
    range(0xFE00, 0x10000),  # small and full-width forms
    range(0x1D400, 0x1D800),  # mathematical letters and digits
)


def _plain_form(character: str) -> str | None:
    """Return the ASCII that *character* stands for, "" if it is invisible, or None."""
    category = unicodedata.category(character)
    if category == "Pd" or character in _SIGNS_READ_AS_HYPHEN:
        return "-"
    if category == "Cf":
        return ""
    meant = unicodedata.normalize("NFKC", character)
    return meant if meant.isascii() and len(meant) == 1 else None


# A table, since to normalise a whole text takes quadratic time for a long run of
# combining marks.
_PLAIN_FORMS = {
    codepoint: meant
    for block in _BLOCKS_OF_OTHER_FORMS
    for codepoint in block
    if (meant := _plain_form(chr(codepoint))) is not None
}


def plain(text: str) -> str:
    """Return *text* in ASCII where it has such a meaning, without what is invisible.

    >>> plain("\uff10\uff14\uff10\u00a0\u2013 1")
    '040 - 1'
    """
    return text if text.isascii() else text.translate(_PLAIN_FORMS)
