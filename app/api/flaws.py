"""Flaws of a body or an address: where, what and what to do, and never the value."""

import re
from collections.abc import Mapping, Sequence

from app.api.problems import Flaw, Problem, problem
from app.api.strict_json import StrictJsonError, TextProblem, safe_pointer

_MESSAGES = {
    "missing": ("The member is missing.", "Add it."),
    "union_tag_invalid": (
        "The kind of event is not known.",
        (
            "Use notification, initiation, assessment, transfer, closure, "
            "delay_explained, correction or retraction."
        ),
    ),
    "union_tag_not_found": ("The member `kind` is missing.", "Add it."),
    "kind_not_told": (
        "The data are of no kind of event.",
        (
            "Send the data of the target in full, with what is required in them: "
            "entry, outcome, unit, reason, or rule with cause and action."
        ),
    ),
    "extra_forbidden": ("The member is not known.", "Leave it out."),
    "unexpected_keyword_argument": ("The member is not known.", "Leave it out."),
    "timezone_aware": (
        "The instant has no offset.",
        "Add the offset from UTC, as in 2026-10-05T14:20:00+03:00.",
    ),
}
# How Pydantic names a member of an enumeration, and in it what one writes for it.
_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
_DEFAULT_REMEDY = "Correct the value; the API documentation shows its form."


def flaws(errors: Sequence[Mapping[str, object]], known: frozenset[str]) -> list[Flaw]:
    """Return what Pydantic found, without the values that it was found in."""
    return [_flaw(error, known) for error in errors]


def text_flaws(texts: Sequence[TextProblem]) -> list[Flaw]:
    """Return what is wrong with texts of a body."""
    return [
        Flaw(
            pointer=text.pointer,
            code=text.code,
            message=text.message,
            remedy=text.remedy,
        )
        for text in texts
    ]


def parameter_flaws(errors: Sequence[Mapping[str, object]]) -> list[Flaw]:
    """Return what the framework found in parameters, in the same way."""
    return [_parameter_flaw(error) for error in errors]


def strict_json_problem(error: StrictJsonError) -> Problem:
    """Return the problem of a body that is not the JSON that we read."""
    flaw = Flaw(
        pointer=error.pointer,
        code=error.code,
        message=str(error),
        remedy=error.remedy,
    )
    return problem("malformed_body", [flaw])


def _flaw(error: Mapping[str, object], known: frozenset[str]) -> Flaw:
    code = str(error["type"])
    location = error["loc"]
    assert isinstance(location, tuple)  # noqa: S101 (Pydantic's contract)
    message, remedy = _MESSAGES.get(code, (_own_words(error), _DEFAULT_REMEDY))
    return Flaw(
        pointer=safe_pointer(location, known),
        code=code,
        message=message,
        remedy=remedy,
    )


def _parameter_flaw(error: Mapping[str, object]) -> Flaw:
    location = error["loc"]
    assert isinstance(location, tuple)  # noqa: S101 (Pydantic's contract)
    place, *names = location
    if error["type"] == "extra_forbidden":
        names[-1] = "*"  # a name of the caller's own may be anything
    in_body = "".join(f"/{name}" for name in names)
    return Flaw(
        pointer=in_body if place == "body" else str((names or [place])[0]),
        code=str(error["type"]),
        message=_own_words(error),
        remedy=_DEFAULT_REMEDY,
    )


def _own_words(error: Mapping[str, object]) -> str:
    """Return Pydantic's message, which names the form and never the value."""
    said = str(error["msg"]).removeprefix("Value error, ")
    return _MEMBER.sub(r"\1", said) + "."
