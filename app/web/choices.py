"""The values that a field of a form can have."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them, what it is called, and whether it is the one."""

    value: str
    text: str
    is_chosen: bool
