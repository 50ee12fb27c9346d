"""The search for personal identity codes in what callers send."""

import re

from app.security.plain_forms import plain

_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIRST_INDIVIDUAL_NUMBER = 2

# Most texts hold nothing like a date; this says so in a fraction of the time.
_BIRTH_DATE = re.compile(r"[0-3][0-9][01][0-9]{3}")

# Begins at the first of several digits unless a letter for the century follows. The
# lookahead finds candidates that overlap; the possessive `*+` keeps the search linear
# in a long run of spaces.
_CANDIDATE = re.compile(
    r"""
    (?: (?<! [0-9] ) | (?= [0-9]{6} \s*+ [YXWVUABCDEF] ) )
    (?= (?P<code>
        (?P<born_on> [0-3][0-9][01][0-9]{3} )
        \s*+ (?: (?P<century> [-+YXWVUABCDEF] ) \s*+ )?
        (?P<individual> [0-9]{3} )
        (?P<check> [0-9A-FHJ-NPR-Y] )
    ) )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
# As before the offset in 20261005T101200+0300 (ISO 8601, basic format).
_TIME_BEGINS = re.compile(r"[0-9]T", re.IGNORECASE)


def contains_identity_code(text: str) -> bool:
    """Say whether a valid personal identity code (*henkilötunnus*) stands in *text*.

    Recognised are all thirteen century signs in upper and lower case, any Unicode
    dash instead of the hyphen, spaces around the sign, full-width and other
    compatibility forms, and temporary codes (individual numbers 900 to 999). The
    check character decides, so one in 31 of the references that are built like a code
    is taken for one.
    """
    text = plain(text)
    if _BIRTH_DATE.search(text) is None:
        return False
    return any(map(_is_identity_code, _CANDIDATE.finditer(text)))


def _is_identity_code(candidate: re.Match[str]) -> bool:
    born_on, individual = candidate["born_on"], candidate["individual"]
    return (
        _is_day_of_a_year(day=int(born_on[:2]), month=int(born_on[2:4]))
        and int(individual) >= _FIRST_INDIVIDUAL_NUMBER
        and _CHECK_CHARACTERS[int(born_on + individual) % 31]
        == candidate["check"].upper()
        and _stands_apart(candidate)
    )


def _is_day_of_a_year(*, day: int, month: int) -> bool:
    # 29 February counts in every year: better one refusal too many than a leak.
    return 1 <= month <= len(_DAYS_IN_MONTH) and 1 <= day <= _DAYS_IN_MONTH[month - 1]


def _stands_apart(candidate: re.Match[str]) -> bool:
    """Say whether the candidate is no mere part of a longer number or reference.

    With a letter for the century it is a code wherever it stands. With a hyphen or a
    plus it begins and ends where the digits do: 20261005-0123 is a reference. Without
    a sign it must be a word of its own.
    """
    start, end = candidate.span("code")
    before = candidate.string[max(start - 2, 0) : start]
    after = candidate.string[end : end + 1]
    match candidate["century"]:
        case None:
            return not before[-1:].isalnum() and not after.isalnum()
        case "-" | "+":
            return not after.isdigit() and _TIME_BEGINS.fullmatch(before) is None
        case _:
            return True
