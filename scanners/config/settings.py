"""What ``scanner.toml`` may say: one struct, every key with its default and its rule."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from scanners.config.policy import Policy
from scanners.config.presets import PresetSettings
from scanners.core import plugins
from scanners.core.vocabulary import Extent, Pages, RaisedLevel, RaisedRisk

Security = Literal["starttls", "tls", "none"]
Count = Annotated[int, Meta(ge=1, le=1000)]
# \Z and not $: that would let a line end through at the end.
Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
OptionalText = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*\Z")]

# A host name with a dot, or an address in brackets (RFC 5321, 4.1.1.1 and 4.1.3).
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HELO = rf"^({_LABEL}(\.{_LABEL})+|\[[0-9A-Fa-fIPv:.]+\])?\Z"

# An address that mails show: no login, no question, no fragment, nothing to escape.
_PAGES = re.compile(r"((https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|file://)(/[A-Za-z0-9._~!$&+,;=%-]*)*)?")

PATHS = 99  # null paths that a configured scan draws; the library's own default is none

# Printable ASCII without what a header or an SMTP command gives a meaning to.
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
FOLDER = "folder"  # the channel of recipients such as folder:/srv/alerts
WEBHOOK = "webhook"  # the channel of recipients such as webhook:env:LPPL_DESK
_NAMED = re.compile(r"([a-z][a-z0-9_-]{0,39}):[^\x00-\x1f\x7f]+")
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:[^\x00-\x1f\x7f]+|credential:[A-Za-z0-9_-][\w.-]*")


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all sections: immutable, unknown keys refused."""


class Scan(_Section, frozen=True):
    """``[scan]``: what ``lppl scan`` does when its options say nothing."""

    watchlist: OptionalText = ""
    data: OptionalText = ""
    output: Text = "outputs"
    database: Text = "data/lppl.db"
    preset: Text = "daily"
    jobs: Count | None = None
    trust: Extent = "raised"
    pages: Pages = "auto"


class Alerts(_Section, frozen=True):
    """``[alerts]``: when an episode opens, speaks again and ends."""

    pending_runs: Count = 1
    clear_runs: Count = 5
    hysteresis: Annotated[float, Meta(ge=0, le=0.5)] = 0.05
    repeat_sessions: Annotated[int, Meta(ge=0, le=1000)] = 20
    tc_drift_days: Count = 30
    mail_updates: bool = False
    health_share: Annotated[float, Meta(gt=0, le=1)] = 0.3


class Mail(_Section, frozen=True):
    """``[mail]``: the server, who writes, and where the password is (never the password)."""

    host: OptionalText = ""
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    security: Security = "starttls"
    ca_file: OptionalText = ""
    username: OptionalText = ""
    password_env: Text = "LPPL_SMTP_PASSWORD"
    password_file: OptionalText = ""
    password_credential: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{0,100}\Z")] = ""
    sender: OptionalText = ""
    sender_name: OptionalText = "lppl-scanner"
    helo: Annotated[str, Meta(max_length=255, pattern=_HELO)] = ""
    deadline: Annotated[float, Meta(gt=0, le=600)] = 60.0
    picture_bytes: Annotated[int, Meta(ge=0, le=20_000_000)] = 1_500_000
    page_bytes: Annotated[int, Meta(ge=0, le=20_000_000)] = 0
    give_up_days: Annotated[float, Meta(gt=0, le=30)] = 4.0

    def __post_init__(self) -> None:
        try:
            self.host.encode("idna")
        except UnicodeError:
            raise ValueError(f"host must be a name such as mail.example.org, got {self.host!r}") from None
        if self.sender:
            check_address("sender", self.sender)
        if self.host and not self.sender:
            raise ValueError("sender must be an address when host is set, got ''")
        if self.username and self.security == "none":
            raise ValueError("security must be 'starttls' or 'tls' when username is set, got 'none'")
        if self.password_file and self.password_credential:
            raise ValueError("password_file and password_credential must not both be set")
        if self.password_credential.startswith("."):
            raise ValueError(f"password_credential must be a name, got {self.password_credential!r}")


class ChanceAsked(_Section, frozen=True):
    """``chance`` of a route: from which chance of which fall it is to hear."""

    fall: Literal["2", "5", "10", "20", "30", "1s", "1.5s"] = "20"
    sessions: Literal[20, 60, 120, 250] = 120
    at_least: Annotated[float, Meta(ge=0, le=1)] = 0.0
    times_usual: Annotated[float, Meta(ge=0, le=1000)] = 0.0

    def __post_init__(self) -> None:
        if not self.at_least and not self.times_usual:
            raise ValueError("at_least or times_usual must be above 0, got 0 of both")


class Route(_Section, frozen=True):
    """``[[route]]``: who hears of what."""

    name: Text
    recipients: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    notify: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()
    level: Literal[RaisedLevel, "none"] = "warning"
    risk: Literal["", RaisedRisk] = ""
    chance: ChanceAsked | None = None
    watchlists: tuple[Text, ...] = ()
    resolved: bool = True
    health: bool = True

    def __post_init__(self) -> None:
        if not self.recipients and not self.notify:
            raise ValueError(f"recipients or notify of route {self.name!r} must name somebody")
        for number, reference in enumerate(self.notify, 1):
            if not is_reference(reference) and not _names_a_channel(reference):
                raise ValueError(  # it is not shown: it may be the secret itself
                    f"notify must say where an address is, env:NAME, file:PATH or credential:NAME; "
                    f"number {number} of route {self.name!r} does not"
                )
        if len(set(self.notify)) < len(self.notify):
            raise ValueError(f"notify must differ, got {', '.join(self.notify)}")
        for address in self.recipients:
            check_address("recipients", address)
        folded = [address.lower() for address in self.recipients]
        if len(set(folded)) < len(folded):
            raise ValueError(f"recipients must differ, got {', '.join(self.recipients)}")


class Schedule(_Section, frozen=True):
    """``[schedule]``: when the daily scan runs, and how many missed days are made up for."""

    time: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")] = "06:00"
    timezone: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}\Z")] = "UTC"
    catch_up_days: Annotated[int, Meta(ge=0, le=60)] = 5
    retry_minutes: Annotated[int, Meta(ge=0, le=1440)] = 15

    def __post_init__(self) -> None:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"timezone must be a name such as Europe/Zurich, got {self.timezone!r}"
            ) from None


class Ping(_Section, frozen=True):
    """``[ping]``: the dead-man's switch."""

    url: OptionalText = ""
    method: Literal["POST", "GET"] = "POST"
    suffixes: bool = True
    seconds: Annotated[float, Meta(gt=0, le=60)] = 10.0

    def __post_init__(self) -> None:
        url = re.fullmatch(r"https?://\S+", self.url)
        if self.url and not url and (self.url.startswith("file://") or not is_reference(self.url)):
            # It is not shown: it is a secret.
            raise ValueError("url must be an address of the web, or say where it is: env:NAME, file:PATH")


class Report(_Section, frozen=True):
    """``[report]``: where the folder of all runs can be read."""

    url: Annotated[str, Meta(max_length=400)] = ""

    def __post_init__(self) -> None:
        if not _PAGES.fullmatch(self.url):
            raise ValueError(
                "url must be an address such as https://desk.example.org/outputs or file:///srv/outputs, "
                f"without a login, a blank, ? or #, got {self.url!r}"
            )


class Systems(_Section, frozen=True):
    """``[systems]``: the macro systems on the daily page, and the state of liquidity behind FOMO verdicts."""

    names: tuple[Text, ...] = ()
    liquidity: bool = True


class Settings(_Section, frozen=True):
    """All of ``scanner.toml``."""

    scan: Scan = Scan()
    policy: Policy = field(default_factory=lambda: Policy(null_paths=PATHS))
    preset: dict[str, PresetSettings] = field(default_factory=dict)
    alerts: Alerts = Alerts()
    mail: Mail = Mail()
    route: tuple[Route, ...] = ()
    schedule: Schedule = Schedule()
    ping: Ping = Ping()
    report: Report = Report()
    systems: Systems = Systems()

    def __post_init__(self) -> None:
        names = [route.name for route in self.route]
        if len(set(names)) < len(names):
            raise ValueError(f"route names must differ, got {', '.join(names)}")
        if any(route.recipients for route in self.route) and not self.mail.sender:
            raise ValueError("mail.sender must be an address when a route has recipients, got ''")


def is_reference(text: str) -> bool:
    """Return whether text says where a secret is, as `scanners.config.secrets.find_secret` takes it."""
    return _REFERENCE.fullmatch(text) is not None


def _names_a_channel(text: str) -> bool:
    """Return whether text begins with the name of a channel that takes addresses as they are."""
    found = _NAMED.fullmatch(text)
    if found is not None and found[1] == WEBHOOK:
        return is_reference(text.partition(":")[2])
    return found is not None and found[1] in (FOLDER, *plugins.names(plugins.CHANNELS))


def check_address(key: str, address: str) -> str:
    """Return ``address`` when it is one plain ASCII mail address.

    Raises
    ------
    ValueError
        Naming ``key`` and the value if it is not.
    """
    local, _, domain = address.rpartition("@")
    dots = (".." in address, local.startswith("."), local.endswith("."))
    if not _ADDRESS.fullmatch(address) or any(dots) or not domain:
        raise ValueError(f"{key} must be plain addresses such as me@example.org, got {address!r}")
    return address
