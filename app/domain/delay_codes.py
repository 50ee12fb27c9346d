"""The codes in which delays are explained; their texts stand in ``delays``."""

from enum import StrEnum


class DutyRule(StrEnum):
    """The duties whose delay is explained, by the codes of their rules."""

    INITIATION = "initiation"
    ASSESSMENT = "assessment"


class DelayCause(StrEnum):
    """Why a deadline was missed, as supervisors have been told; texts in ``delays``."""

    STAFF_SHORTAGE = "staff_shortage"
    VACANCY_OR_TURNOVER = "vacancy_or_turnover"
    NOTIFICATION_GROWTH = "notification_growth"
    SUBSTITUTE_OR_LEAVE = "substitute_or_leave"
    FAMILY_NOT_REACHED = "family_not_reached"
    INTERPRETER_NEEDED = "interpreter_needed"
    OTHER_AUTHORITY_AWAITED = "other_authority_awaited"
    TRANSFER = "transfer"
    DONE_IN_TIME_RECORDED_LATE = "done_in_time_recorded_late"
    WRONG_ENTRY = "wrong_entry"
    OTHER = "other"


class DelayAction(StrEnum):
    """What is done about a missed deadline; texts in ``delays``."""

    EXTRA_STAFF = "extra_staff"
    OVERTIME = "overtime"
    CASE_REASSIGNED = "case_reassigned"
    WORK_PRIORITISED = "work_prioritised"
    FAMILY_CONTACTED_AGAIN = "family_contacted_again"
    INTERPRETER_ORDERED = "interpreter_ordered"
    OTHER_AUTHORITY_URGED = "other_authority_urged"
    ENTRY_CORRECTED = "entry_corrected"
    PROCESS_CHANGED = "process_changed"
    NONE_POSSIBLE = "none_possible"
    OTHER = "other"
