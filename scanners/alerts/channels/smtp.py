"""Mail over SMTP: verified TLS, never a password in clear, a result for each recipient before a deadline."""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from scanners.alerts.channels.interface import Result
from scanners.alerts.channels.smtp_replies import Unavailable, judged, text_of, too_large
from scanners.config.settings import Mail, check_address
from scanners.core.deadline import Deadline, connect
from scanners.core.plain_files import refuse_special
from scanners.core.text import one_line

_LONGEST_REPLY = 65_536  # bytes; RFC 5321 has lines of 512
_NAME = re.compile(r"(?=.{4,255}\Z)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


@dataclass(frozen=True)
class Letter:
    """One message as it goes over the wire.

    Parameters
    ----------
    sender : str
        Address for errors.
    recipients : tuple of str
        Addresses, one copy each.
    content : bytes
        The message, ASCII.
    smaller : bytes
        The same without pictures, for a server that finds it too large; empty where there is none.
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    smaller: bytes = b""


def send(mail: Mail, password: str, letters: Iterable[Letter]) -> Iterator[dict[str, Result]]:
    """Yield for each letter the result by recipient; nothing that the server or the network does is raised.

    One connection serves all letters and is made anew when it breaks. What the deadline does not allow is
    for later.

    Parameters
    ----------
    mail : Mail
        Server, security and deadline (seconds, for all letters together).
    password : str
        Used when ``mail.username`` is set, and only inside TLS.
    letters : iterable of Letter
        What to send.
    """
    deadline = Deadline(mail.deadline)
    sender = _Sender(mail, password, deadline)
    try:
        for letter in letters:
            yield sender.send(letter)
    finally:
        sender.close()


class _Sender:
    """A connection that is made when it is needed, and the transactions on it."""

    def __init__(self, mail: Mail, password: str, deadline: Deadline) -> None:
        self._mail, self._password, self._deadline = mail, password, deadline
        self._smtp: _Connection | None = None
        self._trouble = ""  # why no connection can be had

    def send(self, letter: Letter) -> dict[str, Result]:
        """Return the result by recipient."""
        transaction = _Transaction(letter)
        try:
            transaction.run(self._connected())
        except (OSError, ValueError) as error:  # SMTPException is an OSError
            self._drop()
            if not transaction.stage:
                self._trouble = _words(error)
            transaction.postpone(error, self._deadline)
        return transaction.results

    def close(self) -> None:
        """Say goodbye and close."""
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
        self._drop()

    def _connected(self) -> "_Connection":
        if self._smtp is None:
            if self._trouble or self._deadline.left <= 0:
                raise ConnectionError(self._trouble or "no time left")
            smtp = _Connection(self._mail, self._deadline)
            try:
                _secure(smtp, self._mail, self._password)
            except BaseException:
                smtp.close()
                raise
            self._smtp = smtp
        return self._smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


class _Transaction:
    """One letter on one connection: how far it came, and the results so far."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.results: dict[str, Result] = {}
        self.stage = ""

    def run(self, smtp: "_Connection") -> None:
        """Offer the letter, and once more without pictures if it is too large; what breaks is raised."""
        whole, smaller = self.letter.content, self.letter.smaller
        if smaller and 0 < smtp.most < len(whole):
            whole, smaller = smaller, b""
        self._offer(smtp, whole, self.letter.recipients)
        large = [each for each, result in self.results.items() if smaller and too_large(result)]
        if large:
            self.results = {each: found for each, found in self.results.items() if each not in large}
            self._offer(smtp, smaller, large)

    def _offer(self, smtp: "_Connection", content: bytes, recipients: Sequence[str]) -> None:
        self.stage = "MAIL"
        options = [f"size={len(content)}"] if smtp.has_extn("size") else []
        code, reply = smtp.mail(self.letter.sender, options)
        if code != 250:
            self.results |= dict.fromkeys(recipients, judged("MAIL", code, reply))
            smtp.rset()
            return
        self.stage = "RCPT"
        accepted = [recipient for recipient in recipients if self._accepted(smtp, recipient)]
        if not accepted:
            smtp.rset()
            return
        self.stage = "DATA"
        try:
            code, reply = smtp.data(content)
        except smtplib.SMTPDataError as error:
            code, reply = error.smtp_code, _reply(error)
        outcome = Result("sent") if code == 250 else judged("DATA", code, reply)
        self.results |= dict.fromkeys(accepted, outcome)

    def _accepted(self, smtp: "_Connection", recipient: str) -> bool:
        try:
            code, reply = smtp.rcpt(check_address("recipient", recipient))
        except ValueError as error:
            self.results[recipient] = Result("refused", one_line(str(error)))
            return False
        if code not in (250, 251):
            self.results[recipient] = judged("RCPT", code, reply)
        return code in (250, 251)

    def postpone(self, error: Exception, deadline: Deadline) -> None:
        """Leave everybody who has no result yet for later."""
        uncertain = self.stage == "DATA" and not isinstance(error, Unavailable)
        what = f"{self.stage or 'connection'}: {_words(error)}{'; it may have arrived' if uncertain else ''}"
        later = Result("later", deadline.explain(what))
        self.results = dict.fromkeys(self.letter.recipients, later) | self.results


class _Connection(smtplib.SMTP):
    """An SMTP connection that is cut when the deadline passes, however slowly the server talks."""

    def __init__(self, mail: Mail, deadline: Deadline) -> None:
        self._security, self._deadline = mail.security, deadline
        self.file: Any = None
        if mail.ca_file:
            refuse_special(Path(mail.ca_file), Path(mail.ca_file))
        secured = mail.security != "none"  # reading a system's certificates takes longer than sending a mail
        self.context = ssl.create_default_context(cafile=mail.ca_file or None) if secured else None
        self._wire: socket.socket | None = None
        self._timer: threading.Timer | None = None
        try:
            # Any name will do here: a better one is known when the connection is there, before EHLO.
            super().__init__(mail.host, mail.port, local_hostname="localhost")
            address = self.sock.getsockname()[0] if self.sock else ""
            self.local_hostname = mail.helo or greeting_name(socket.gethostname(), address)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = connect(host, port, self._deadline)
        # A copy of the descriptor outlives the wrapping in TLS, which takes the socket object away.
        self._wire = plain.dup()
        self._timer = threading.Timer(max(self._deadline.left, 0.0), _cut, [self._wire])
        self._timer.daemon = True
        self._timer.start()
        if self.context is None or self._security != "tls":
            return plain
        try:
            return self.context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise

    @property
    def most(self) -> int:
        """Bytes of the largest message that the server says it takes; 0 where it names no limit."""
        said = self.esmtp_features.get("size", "").strip() if self.does_esmtp else ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0

    def getreply(self) -> tuple[int, bytes]:
        """Return one reply; a server that does not come to its end is left."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        if self.file is None:
            self.file = _Bounded(self.sock.makefile("rb"))
        self.file.left = _LONGEST_REPLY
        return super().getreply()

    def close(self) -> None:
        super().close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._wire is not None:
            self._wire.close()


class _Bounded:
    """Lines of a server, of so many bytes together until ``left`` is set anew."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines, self.left = lines, _LONGEST_REPLY

    def readline(self, longest: int) -> bytes:
        """Return the next line."""
        if self.left <= 0:
            raise OSError(f"a reply of more than {_LONGEST_REPLY} bytes")
        line = self._lines.readline(longest)
        self.left -= len(line)
        return line

    def close(self) -> None:
        """Close what it reads from."""
        self._lines.close()


def greeting_name(host: str, address: str) -> str:
    """Return what to call this machine in EHLO: its full name, or its address where it has none.

    Servers refuse a bare host name, and one with characters that no name has (RFC 5321, 4.1.4). The name is
    not looked up: that may take longer than there is time.
    """
    if _NAME.fullmatch(host) and not host.endswith((".localdomain", ".local", ".lan")):
        return host
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"


def _cut(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _secure(smtp: _Connection, mail: Mail, password: str) -> None:
    """Bring the connection into TLS and log in; whatever is missing for that is an error."""
    smtp.ehlo_or_helo_if_needed()
    if mail.security == "starttls":
        code, reply = smtp.starttls(context=smtp.context)
        if code != 220:
            raise smtplib.SMTPResponseException(code, reply)
        smtp.ehlo()
    if mail.username:
        if not isinstance(smtp.sock, ssl.SSLSocket):
            raise smtplib.SMTPNotSupportedError("no password without TLS")
        smtp.login(mail.username, password)


def _reply(error: smtplib.SMTPResponseException) -> bytes:
    return error.smtp_error.encode() if isinstance(error.smtp_error, str) else error.smtp_error


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"AUTH refused: {error.smtp_code} {text_of(_reply(error))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {text_of(_reply(error))}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate refused: {error.verify_message}"
    return one_line(str(error) or type(error).__name__)
