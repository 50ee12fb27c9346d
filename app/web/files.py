"""Lists of cases as files: why somebody may take one away."""

from typing import get_args

from app.domain.access import Actor, Permission
from app.domain.access_log import ReasonOfFile
from app.domain.look_texts import REASONS
from app.domain.texts import Language
from app.web.choices import Choice


def reasons_of_files(actor: Actor, language: Language) -> tuple[Choice, ...]:
    """Return why *actor* may take a list away in a file; none if they may not."""
    if not actor.may(Permission.EXPORT_CASES):
        return ()
    return tuple(
        Choice(reason, REASONS[reason].to(language), is_chosen=False)
        for reason in get_args(ReasonOfFile)
    )
