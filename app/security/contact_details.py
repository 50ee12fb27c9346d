"""The search for phone numbers and e-mail addresses in what callers send.

Every quantifier is bounded or possessive, so that the search is linear in the length
of the text.
"""

import re

from app.security.plain_forms import plain

# What stands between the digits of a phone number; at most three in a row.
_GAP = r"[\s()./_-]{0,3}"
# A phone number is no part of a longer number or of a reference that goes on with
# digits, as A-2026-0401234567 or ESPOO/0412/05.02.01/2026. What must not stand before
# a first sign is asked behind it: the search for that sign is then ten times as quick.
_BEFORE = r"(?<![0-9A-Za-z].)(?<![0-9][-./_:,].)"
_BEFORE_AREA = r"(?<![0-9A-Za-z_/.,:-].)"
_AFTER = r"(?![0-9A-Za-z])(?![-./_][0-9])"
_IS_COUNTER_AND_YEAR = r"[0-9]{0,8}[-./_](?:19|20)[0-9]{2}(?![0-9])"
_IS_YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"

_PHONE_NUMBERS = tuple(
    re.compile(form, re.VERBOSE | re.ASCII)
    for form in (
        # +358 40 123 4567, +46 (0)70-123 45 67; of at most 15 digits (E.164)
        rf"\+ (?<![0-9].) [\s()]{{0,2}} [1-9] (?: {_GAP} [0-9] ){{8,14}} (?![0-9])",
        # 00358401234567, 00 46 70 123 4567
        rf"""0 {_BEFORE} 0 (?: \s? 358 | [\s-]? [1-9][0-9]{{0,2}} [\s(-] )
             (?: {_GAP} [0-9] ){{6,12}} {_AFTER}""",
        # 040 123 4567, 0400-123456, (050) 123 4567, 358401234567
        rf"""[03] {_BEFORE} (?! {_IS_COUNTER_AND_YEAR} )
             (?: (?<=0) | (?<=3) 58 {_GAP} )
             (?: 4[0-9] | 50 ) (?: {_GAP} [0-9] ){{6,8}} {_AFTER}""",
        # 0 4 0 1 2 3 4 5 6 7, 0-4-0 123 4567
        rf"0 {_BEFORE} [\s._-] [45] [\s._-] [0-9] (?: {_GAP} [0-9] ){{6,8}} {_AFTER}",
        # 09 123 4567, (014) 123 456, 09-1234567, 09-123 4567
        rf"""(?: \( {_BEFORE_AREA} 0 | 0 {_BEFORE_AREA} )
             (?: [235689] | 1[03-9] | 29 | [23]0 | 7[135] ) \)?
             (?: \s{{1,2}} (?! {_IS_YEAR} )
               | \s? - \s? (?= [0-9]{{7}} | [0-9]{{3,4}} \s ) )
             [0-9]{{3}} (?: \s? [0-9] ){{3,5}} {_AFTER}""",
    )
)
# In most texts nothing begins as these do and goes on with so many digits; this says so
# in a fraction of the time. It looks behind a character that it has found: to look
# behind each would take longer than the forms themselves.
_MAY_BE_A_NUMBER = re.compile(
    r"""
    [03+] (?<! [0-9]\+ ) (?<! [0-9A-Za-z][03] ) (?<! [0-9][-./_:,][03] )
    (?: [\s()./_-]{0,4} [0-9] ){7}
    """,
    re.VERBOSE | re.ASCII,
)

# How an address is written by those who would not have it read by machines.
_AT = r"(?:@|%40|&\#64;|[(\[{<]\s?(?:at|ät|a|miu(?:ku)?mauku)\s?[)\]}>])"
_SPELT_DOT = r"\s(?:dot|piste|punkt)\s"
_DOT = rf"(?:\.|[(\[{{<]\s?(?:dot|piste|punkt)\s?[)\]}}>]|{_SPELT_DOT})"
_LABEL = r"[\w-]{1,63}+"
_TOP_LEVEL = r"[^\W\d_]{2}"
_EMAIL_ADDRESSES = tuple(
    re.compile(form, re.VERBOSE | re.IGNORECASE)
    for form in (
        rf"\w \s?{_AT}\s? (?: {_LABEL} \s?{_DOT}\s? ){{1,5}} {_TOP_LEVEL}",
        # The word alone is an English one; beside a spelt dot it is not.
        rf"\w \s(?:at|ät)\s (?: {_LABEL} {_SPELT_DOT} ){{1,5}} {_TOP_LEVEL}",
    )
)
_MAY_BE_AN_AT = re.compile(r"[@%&(\[{< ](?:(?<=@)| ?[aämAÄM]|40|#64;)")


def contains_phone_number(text: str) -> bool:
    """Say whether what looks like a phone number stands in *text*.

    Recognised are international numbers behind + or 00, Finnish mobile numbers, and
    landlines whose area code stands apart, with or without spaces, dashes, dots,
    brackets and slashes; in full-width and other compatibility forms, too.
    """
    text = plain(text)
    if _MAY_BE_A_NUMBER.search(text) is None:
        return False
    return any(form.search(text) for form in _PHONE_NUMBERS)


def contains_email_address(text: str) -> bool:
    """Say whether an e-mail address stands in *text*.

    Its signs may be written out, as in `name (at) example.org` and
    `name at example dot org`.
    """
    text = plain(text)
    if _MAY_BE_AN_AT.search(text) is None:
        return False
    return any(form.search(text) for form in _EMAIL_ADDRESSES)
