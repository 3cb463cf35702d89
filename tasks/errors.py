"""The error tree: what stops everything, what fails one unit, and what is worth another try.

A bad page is none of these: it is a row in ``rejects`` (see :class:`tasks.contracts.Reason`).
"""


class CorpusError(Exception):
    """Base of every error that columninch raises on purpose.

    ``exit_code`` is what the command line ends with.  The message says what happened, to what, and what to do next.
    """

    exit_code = 1


class ConfigError(CorpusError):
    """A setting, path or parameter is wrong; raised before any request or write.  Names file, key and remedy."""

    exit_code = 2


class ContractError(CorpusError):
    """A stage broke its promise about a table; the partition on disk is untouched."""

    exit_code = 3


class UnitError(CorpusError):
    """One unit failed; the others go on and the command ends with 1 and the list of failed units."""


class TransientError(CorpusError):
    """Worth another try after ``retry_after`` seconds (``None``: the caller's own back-off)."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        """Keep the server's own wish for a pause, in seconds, beside the message."""
        super().__init__(message)
        self.retry_after = retry_after
