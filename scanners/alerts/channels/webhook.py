"""Signed JSON to an address of the web, for a program of the desk's own: what a digest says, field by field.

Signatures are those of Standard Webhooks (standardwebhooks.com), which libraries of many languages verify.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scanners.alerts.channels.interface import Notice, Plain, Result, Send
from scanners.alerts.risk import label
from scanners.config.secrets import find_secret
from scanners.config.settings import WEBHOOK, Mail
from scanners.core.deadline import Deadline, in_time
from scanners.core.errors import CommandError
from scanners.core.versions import package_version
from scanners.store.episodes import Step
from scanners.store.outbox import Message

SCHEMA = 1
_SHORTEST = 16  # characters of a secret
_PREFIX = "whsec_"  # of a secret in base64, as the standard writes it
_FINAL = (400, 410, 413, 415, 422)  # what the message is, or an address that is gone; all else can be mended


class Target(NamedTuple):
    """Where messages go, and what signs them."""

    url: str
    key: bytes


class WebhookChannel(Plain):
    """The channel of recipients such as ``webhook:env:LPPL_DESK``.

    Parameters
    ----------
    clock : callable
        Returns seconds since 1970, for the signature.
    """

    name = WEBHOOK

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    def takes(self, recipient: str) -> bool:
        """Return whether it names a webhook."""
        return recipient.startswith(f"{WEBHOOK}:")

    def check(self, recipient: str, mail: Mail) -> None:
        """Look whether address and secret are there."""
        target_of(recipient)

    def compose(self, notice: Notice) -> Mapping[str, Any]:
        """Return the payload as it goes over the wire, so that it is the same on every retry."""
        payload = json.dumps(described(notice), separators=(",", ":"))
        return {"subject": notice.digest.headed(), "payload": payload}

    def open(self, mail: Mail) -> Send:
        """Return what sends; all messages share one deadline."""

        def sent(messages: Sequence[Message]) -> Iterator[Result]:
            deadline = Deadline(mail.deadline)
            for message in messages:
                yield _post(message, deadline, int(self._clock()))

        return sent

    def to_file(self, body: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return the payload."""
        return ".json", body["payload"].encode()


def channel() -> WebhookChannel:
    """Return the channel."""
    return WebhookChannel()


def target_of(recipient: str) -> Target:
    """Return what the secret says that a recipient refers to: an address, a blank, and the key of signatures.

    Raises
    ------
    CommandError
        If it is not there or says something else; no message holds any of it.
    """
    reference = recipient.partition(":")[2]
    words = find_secret(reference).split()
    if len(words) != 2 or not words[0].startswith(("https://", "http://")):
        raise CommandError(f"{reference} must hold an address of the web, a blank and a secret")
    if len(words[1].removeprefix(_PREFIX)) < _SHORTEST:
        raise CommandError(f"{reference}: the secret must have {_SHORTEST} characters or more")
    if not words[1].startswith(_PREFIX):
        return Target(words[0], words[1].encode())
    try:
        return Target(words[0], base64.b64decode(words[1].removeprefix(_PREFIX), validate=True))
    except binascii.Error:
        raise CommandError(f"{reference}: a secret that begins with {_PREFIX} must be base64") from None


def described(notice: Notice) -> dict[str, Any]:
    """Return what a message says, as documented in docs/operations.md."""
    digest = notice.digest
    return {
        "schema": SCHEMA,
        "id": _identifier(notice.identifier),
        "composed": notice.at.isoformat(),
        "version": package_version("lppl-scanner"),
        "route": notice.route.name,
        "subject": digest.headed(),
        "summary": list(digest.summary),
        "changes": [_change(step) for step in digest.steps],
        "notes": list(digest.notes),
        "text": digest.plain_text(),
    }


def signature(key: bytes, identifier: str, timestamp: int, payload: bytes) -> str:
    """Return the header ``webhook-signature`` of a payload."""
    signed = f"{identifier}.{timestamp}.".encode() + payload
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _change(step: Step) -> dict[str, Any]:
    body = step.body
    return {
        "key": step.fingerprint,
        "episode": step.occurrence,
        "event": step.event,
        "over": step.over,
        "series": body.series,
        "title": body.title,
        "model": body.model,
        "direction": body.direction,
        "level": body.level,
        "label": label(body, body.level),
        "peak": body.peak,
        "state": body.state or None,
        "risk": body.risk or None,
        "session": body.session,
        "opened": body.opened,
        "since": body.since,
        "critical_time": body.tc or None,
        "reasons": list(body.reasons),
        "context": list(body.context),
        "chances": list(body.chances),
        "configuration": body.configuration,
    }


def _post(message: Message, deadline: Deadline, timestamp: int) -> Result:
    import requests

    try:
        target = target_of(message.recipient)
    except CommandError as error:
        return Result("later", str(error))
    payload, identifier = message.body["payload"].encode(), _identifier(message.message_id)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"lppl-scanner/{package_version('lppl-scanner')}",
        "webhook-id": identifier,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(target.key, identifier, timestamp, payload),
    }

    def call() -> int:
        with requests.post(
            target.url,
            data=payload,
            headers=headers,
            timeout=max(deadline.left, 0.001),
            allow_redirects=False,
            stream=True,  # what it says besides its status is not read
        ) as answer:
            return answer.status_code

    if deadline.left <= 0:
        return Result("later", "no time left")
    try:
        status = in_time(call, deadline)
    except (TimeoutError, requests.Timeout):
        return Result("later", deadline.explain("no answer; it may have arrived"))
    except (requests.RequestException, ValueError, OSError) as error:  # whose words hold the address
        return Result("later", f"could not be told: {type(error).__name__}")
    if 200 <= status < 300:
        return Result("sent")
    return Result("refused" if status in _FINAL else "later", f"answered {status}")


def _identifier(message_id: str) -> str:
    """Return a message's identifier without the signs that a mail or a signature gives a meaning to."""
    return message_id.strip("<>").partition("@")[0].replace(".", "-")
