"""The one error that stops a command: a line for a person and an exit code."""


class CommandError(Exception):
    """A failure the user can act on; the CLI prints it as one line and exits with ``exit_code``.

    Exit codes: 1 error, 2 usage, 3 partial, 4 no fresh data, 5 alerts undelivered, 75 already running.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
