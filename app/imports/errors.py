"""What keeps a whole file from being imported, and what is wrong with one cell."""


class ImportFileError(Exception):
    """The file cannot be imported at all; the message says why, and what to do."""


class MappingError(ImportFileError):
    """The mapping file is wrong; the message names the table and the remedy."""


class CellError(Exception):
    """A cell does not hold what its column should; no value is repeated."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
