"""Attempts at SQL injection: each way out of a literal, with each thing to do then."""

from itertools import product

# How a literal, an identifier or a number may be left.
_ESCAPES = ("'", '"', "')", "'))", "\\'", "%27", "1", "$$", "''", "`")
_BLANKS = (" ", "/**/", "\t", "+")
_DEEDS = (
    "OR{0}1=1",
    "AND{0}1=2",
    "UNION{0}SELECT{0}NULL,NULL",
    "UNION{0}ALL{0}SELECT{0}secret_hash{0}FROM{0}api_key",
    ";SELECT{0}pg_sleep(5)",
    "||(SELECT{0}pg_sleep(5))||",
    ";DROP{0}TABLE{0}case_event",
    ";COPY{0}api_key{0}TO{0}PROGRAM{0}'id'",
    "AND{0}1=CAST((SELECT{0}version())AS{0}int)",
    "ORDER{0}BY{0}99",
    ";SET{0}ROLE{0}postgres",
    "LIMIT{0}0{0}OFFSET{0}(SELECT{0}1/0)",
    "COLLATE{0}nowhere",
)


def injections() -> list[str]:
    """Return more than 500 attempts, ever the same."""
    return [
        f"{escape}{blank}{deed.format(blank)}--"
        for deed, escape, blank in product(_DEEDS, _ESCAPES, _BLANKS)
    ]
