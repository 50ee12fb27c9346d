"""What can be wrong with an identity provider, or with what comes from one."""


class IdentityFileError(Exception):
    """The file of identity providers cannot be used; the message says why."""


class InvalidTokenError(Exception):
    """A token does not prove what it claims; the message never holds any of it."""


class ProviderUnavailableError(Exception):
    """An identity provider cannot be reached, or answers what cannot be used."""
