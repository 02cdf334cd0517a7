"""The one error that stops a command: a line for a person and an exit code."""

from scanners.core.vocabulary import Refused

PARTIAL, NOTHING_FRESH = 3, 4


class CommandError(Exception):
    """A failure the user can act on; the CLI prints it as one line and exits with ``exit_code``.

    Exit codes: 1 error, 2 usage, 3 partial, 4 no fresh data, 5 alerts undelivered, 75 already running.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Unjudged(CommandError):
    """The bars of a series are there, but a finding forbids a verdict on them.

    ``status`` is that of a `scanners.verdict.judgement.Verdict`; a scan shows it as the row's.
    """

    def __init__(self, status: Refused, reason: str) -> None:
        super().__init__(reason)
        self.status = status
