"""Mail: one message with pictures for all recipients of a route, sent over SMTP."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from email.message import EmailMessage
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from scanners.alerts.channels.interface import Notice, Result, Send
from scanners.alerts.channels.smtp import Letter, send
from scanners.alerts.digest import compose, to_text
from scanners.config.secrets import find_password
from scanners.config.settings import Mail, check_address
from scanners.core.errors import CommandError
from scanners.store.outbox import Message

Transport = Callable[[Mail, str, Iterable[Letter]], Iterator[dict[str, Result]]]


class MailChannel:
    """The channel of plain addresses.

    Parameters
    ----------
    password, transport : callable
        As `find_password` and `scanners.alerts.channels.smtp.send`.
    """

    name = "mail"

    def __init__(self, password: Callable[[Mail], str] = find_password, transport: Transport = send) -> None:
        self._password, self._transport = password, transport

    def takes(self, recipient: str) -> bool:
        """Return whether it is an address: everything else says with a colon what it is."""
        return ":" not in recipient

    def check(self, recipient: str, mail: Mail) -> None:
        """Look at its form; a server that is not set yet is no fault of the configuration."""
        try:
            check_address("recipients", recipient)
        except ValueError as error:
            raise CommandError(str(error)) from None

    def compose(self, notice: Notice) -> Mapping[str, Any]:
        """Return the whole mail as it goes over the wire, and one for servers to which it is too large."""
        message = _composed(notice, notice.mail)
        body = {"eml": to_text(message), "subject": str(message["Subject"])}
        if notice.pictures or notice.digest.pages.page:
            body["without_pictures"] = to_text(
                _composed(notice, replace(notice.mail, picture_bytes=0, page_bytes=0))
            )
        return body

    def open(self, mail: Mail) -> Send:
        """Return what sends over one connection."""
        if not mail.host:
            raise CommandError("mail.host is not set")
        secret = self._password(mail) if mail.username else ""

        def sent(messages: Sequence[Message]) -> Iterator[Result]:
            # Messages with one Message-ID are one letter.
            batches = [list(group) for _, group in groupby(messages, key=lambda each: each.message_id)]
            letters = (_letter(mail, batch) for batch in batches)
            for batch, results in zip(batches, self._transport(mail, secret, letters), strict=True):
                yield from (_without(secret, results[message.recipient]) for message in batch)

        return sent

    def to_file(self, body: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return the mail as mail programs open it."""
        return ".eml", body["eml"].encode("ascii")


def channel() -> MailChannel:
    """Return the channel."""
    return MailChannel()


def _composed(notice: Notice, mail: Mail) -> EmailMessage:
    return compose(
        notice.digest,
        mail=mail,
        route=notice.route,
        identifier=notice.identifier,
        at=notice.at,
        pictures=notice.pictures,
    )


def _letter(mail: Mail, batch: list[Message]) -> Letter:
    body, recipients = batch[0].body, tuple(message.recipient for message in batch)
    smaller = body.get("without_pictures", "").encode("ascii")
    return Letter(mail.sender, recipients, body["eml"].encode("ascii"), smaller)


def _without(secret: str, result: Result) -> Result:
    """Return a result whose detail holds no password, whatever a server says back."""
    if secret and secret in result.detail:
        return Result(result.outcome, result.detail.replace(secret, "***"))
    return result
