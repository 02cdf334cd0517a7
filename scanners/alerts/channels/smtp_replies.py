"""What a mail server's reply means: sent, for later, or refused for good."""

import re

from scanners.alerts.channels.interface import Result
from scanners.core.text import one_line

# What is final, by stage: the size of the message; a recipient that is not there; what the message says.
# All else is about the sender, the account or the connection, as 504 for the name in EHLO, and can be mended.
_FINAL = {
    "MAIL": frozenset({552}),
    "RCPT": frozenset({550, 551, 553, 556}),  # not 552, which is to be read as 452 (RFC 5321, 4.5.3.1.10)
    "DATA": frozenset({521, 550, 551, 552, 553, 554}),
}
# Enhanced codes (RFC 3463): 5.1.x speaks of the address and 5.2.x of the mailbox; 5.5.x of the protocol and
# 5.7.x of who may send, which in reply to RCPT is the connection's fault.
_RECIPIENT, _CONNECTION = re.compile(rb"\s*5\.[12]\."), re.compile(rb"\s*5\.[57]\.")
# Of 5.7.x, who the sender is and how often it sends (RFC 7372): SPF, DKIM, reverse names, floods.
_SENDER = re.compile(rb"\s*5\.7\.(8|9|1[0-4]|2[0-8])\b")
_GONE = 421
_TOO_LARGE = re.compile("(MAIL|DATA): 552 ")


class Unavailable(ConnectionError):
    """The server said that it ends the connection."""


def judged(stage: str, code: int, reply: bytes) -> Result:
    """Return what a reply other than success means.

    Parameters
    ----------
    stage : {"MAIL", "RCPT", "DATA"}
        What was replied to.
    code, reply : int, bytes
        The reply.

    Raises
    ------
    Unavailable
        If the server ends the connection with it.
    """
    detail = f"{code} {text_of(reply)}"
    if code == _GONE or code < 400:
        raise Unavailable(detail)
    final = code in _FINAL[stage]
    if stage == "RCPT":
        final = bool(_RECIPIENT.match(reply)) if code == 554 else final and not _CONNECTION.match(reply)
    if stage == "DATA" and _SENDER.match(reply):
        final = False
    return Result("refused" if final else "later", f"{stage}: {detail}")


def too_large(result: Result) -> bool:
    """Return whether a message was refused for its size."""
    return _TOO_LARGE.match(result.detail) is not None


def text_of(reply: bytes) -> str:
    """Return a reply on one line."""
    return one_line(reply.decode("utf-8", "replace"), 160)
