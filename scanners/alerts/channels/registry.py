"""The channels that there are: ours, and plug-ins found by entry point; each is loaded when it is used."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from scanners.alerts.channels.interface import Channel, Notice, Plain, Send, guarded
from scanners.config.settings import Mail
from scanners.core import plugins
from scanners.core.errors import CommandError

# Name -> module with a function ``channel()``. A plug-in cannot take one of these names.
BUILTIN = {
    "mail": "scanners.alerts.channels.mail",
    "apprise": "scanners.alerts.channels.apprise",
    "folder": "scanners.alerts.channels.folder",
    "webhook": "scanners.alerts.channels.webhook",
}


def channel_of(recipient: str) -> Channel:
    """Return the channel that reaches a recipient: ours, else the plug-in whose name is before the colon.

    A plug-in that is gone or cannot be loaded is no error here, so that a run is never lost with it: its
    messages wait in the outbox, and every attempt to send them says why.
    """
    for module in BUILTIN.values():
        ours: Channel = import_module(module).channel()
        if ours.takes(recipient):
            return ours
    name = recipient.partition(":")[0]
    try:
        made = plugins.load(plugins.CHANNELS, name)
        if made is None:
            raise CommandError(f"no channel {name!r} is installed")
        return Foreign(name, made())
    except CommandError as error:
        return Absent(name, str(error))
    except Exception as error:  # noqa: BLE001  a plug-in may raise anything
        return Absent(name, f"channel {name} failed with {type(error).__name__}")


class Absent(Plain):
    """Stands for a channel that is not there: its messages are kept as plain text and wait."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self._why = name, why

    def takes(self, recipient: str) -> bool:
        """Return whether it is a recipient of the one that is missing."""
        return recipient.partition(":")[0] == self.name

    def check(self, recipient: str, mail: Mail) -> None:
        """Say what is missing."""
        raise CommandError(f"{recipient}: {self._why}")

    def open(self, mail: Mail) -> Send:
        """Say what is missing."""
        raise CommandError(self._why)


class Foreign(Plain):
    """A plug-in, held to what a channel promises; its errors are told by their kind, for secrets in them."""

    def __init__(self, name: str, inner: Channel) -> None:
        self.name, self._inner = name, inner

    def takes(self, recipient: str) -> bool:
        """Return whether the plug-in's name is before the colon."""
        return recipient.partition(":")[0] == self.name

    def check(self, recipient: str, mail: Mail) -> None:
        """Ask the plug-in."""
        self._inner.check(recipient, mail)

    def compose(self, notice: Notice) -> Mapping[str, Any]:
        """Return what the plug-in makes beside the plain text, which stands in for it when it fails."""
        plain = super().compose(notice)
        try:
            return {**plain, **self._inner.compose(notice)}
        except Exception:  # noqa: BLE001  a plug-in may raise anything, and a run is never lost with it
            return plain

    def open(self, mail: Mail) -> Send:
        """Return what sends and gives exactly one result a message, whatever the plug-in does."""
        inner = self._inner.open(mail)
        return lambda messages: guarded(self.name, inner, messages)
