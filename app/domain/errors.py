"""What can be wrong, named; nothing here knows of HTTP."""


class DomainError(Exception):
    """Something a caller asked for cannot be done; *code* is stable."""

    code = "domain_error"


class UnverifiedYearError(DomainError):
    """A day lies outside the years whose holidays have been verified."""

    code = "unverified_year"


class UnknownRuleError(DomainError):
    """No rule of that name, or none in force on that day."""

    code = "unknown_rule"


class InvalidPeriodError(DomainError):
    """A reporting period is not written as one of the known forms."""

    code = "invalid_period"


class UnknownBinError(DomainError):
    """No bin of a chart is called so."""

    code = "invalid_parameter"
