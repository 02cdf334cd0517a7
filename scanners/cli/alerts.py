"""``lppl alerts``: what is open, what waits to be sent, who was told what, and a person's word on it."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanners.cli.configured import config_option, configured_database_option
from scanners.cli.options import IsoDate
from scanners.core.errors import CommandError

if TYPE_CHECKING:
    from scanners.alerts.delivery import Delivery
    from scanners.config.settings import Route, Settings
    from scanners.store import Message, Step, Store
    from scanners.store.episodes import Standing

_series = click.argument("alert", metavar="SERIES|KEY")
_dry_run = click.option(
    "--dry-run",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write .eml and .txt files there instead of sending; nothing is changed.",
)


@click.group(short_help="List, acknowledge or silence alerts; who was told what; send what waits.")
def command() -> None:
    """List, acknowledge or silence alerts, print who was told what, and send what waits in the outbox."""


@command.command("list")
@config_option
@configured_database_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(config: Path | None, database: Path | None, as_json: bool) -> None:
    """Print open alerts, and mails that wait or were given up."""
    from scanners.alerts.risk import label
    from scanners.core.text import one_line

    with _store(_settings(config, database)) as store:
        episodes = store.runs.open_episodes()
        mails = [mail for state in ("queued", "leased", "dead") for mail in store.outbox.messages(state)]
    if as_json:
        click.echo(json.dumps({"alerts": [_alert(each) for each in episodes], "mails": _mails(mails)}))
        return
    today = _now().date().isoformat()
    for each in episodes:
        body = each.body
        noted = "".join(
            f"; {'was ' * _over(body, key, today)}{word} until {getattr(body, key) or 'the level rises'}"
            for word, key, on in (
                ("acknowledged", "acknowledged_until", body.acknowledged),
                ("silenced", "silenced_until", body.silenced_until),
            )
            if on
        )
        noted += f"; news no more since {body.aged}" if body.aged else ""
        head = f"{each.fingerprint[:8]}  {label(body, body.level):11}  {one_line(body.series, 40)}"
        what = one_line(body.state or body.direction, 40)
        click.echo(f"{head}  {what}, {each.state} since {body.opened}{noted}")
    for mail in mails:
        trouble = f": {mail.last_error}" if mail.last_error else ""
        click.echo(f"mail {mail.state} to {mail.recipient}, {mail.attempts} attempts{trouble}")
    if not episodes and not mails:
        click.echo("no open alert, no mail that waits")


def _over(body: "Standing", key: str, today: str) -> bool:
    """Return whether what a person asked for until some day has ended."""
    return bool(getattr(body, key)) and getattr(body, key) < today


@command.command()
@click.argument("alert", metavar="[SERIES|KEY]", required=False)
@config_option
@configured_database_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(alert: str | None, config: Path | None, database: Path | None, as_json: bool) -> None:
    """Print who was told what: each event, its routes, messages and what became of them."""
    from scanners.alerts.history import entries
    from scanners.cli.terminal.alert_lines import lines

    with _store(_settings(config, database)) as store:
        found = entries(store, alert)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(found).decode())
        return
    for line in lines(found):
        click.echo(line)
    if not found:
        click.echo(f"nothing was told of {alert}" if alert else "nothing was told so far")


@command.command()
@_series
@config_option
@configured_database_option
@click.option("--until", type=IsoDate(), help="Last day on which it holds.  [default: to the end]")
def ack(alert: str, config: Path | None, database: Path | None, until: str | None) -> None:
    """Take note of an alert: no repeats and updates until its level rises."""
    from scanners.alerts.episodes import acknowledge

    with _store(_settings(config, database), write=True) as store:
        try:
            step = acknowledge(_find(store, alert), _now(), date.fromisoformat(until) if until else None)
        except ValueError as error:
            raise click.UsageError(f"--until: {error}") from None
        store.runs.add_steps([step])
    click.echo(f"{step.body.series}: acknowledged")


@command.command()
@_series
@config_option
@configured_database_option
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="For how long.")
def silence(alert: str, config: Path | None, database: Path | None, days: int) -> None:
    """Send nothing about an alert for some days; what was missed is told afterwards."""
    from scanners.alerts.episodes import silence as silenced

    until = _now().date() + timedelta(days=days)
    with _store(_settings(config, database), write=True) as store:
        step = silenced(_find(store, alert), _now(), until)
        store.runs.add_steps([step])
    click.echo(f"{step.body.series}: silenced until {until}")


@command.command()
@config_option
@configured_database_option
@click.option("--route", "wanted", help="Only this route.  [default: all]")
@_dry_run
def test(config: Path | None, database: Path | None, wanted: str | None, dry_run: Path | None) -> int:
    """Send a test to every recipient and chat through the outbox; exit 5 when one does not get it."""
    settings = _settings(config, database)
    routes = [route for route in settings.route if wanted in (None, route.name)]
    if not routes:
        known = ", ".join(route.name for route in settings.route)
        lacking = "no route is configured: scanner.toml needs a [[route]]"
        raise CommandError(f"no route {wanted}: known are {known}" if known else lacking)
    if dry_run:
        return _write(_tests(settings, routes, "dry-run"), dry_run)
    with _store(settings, write=True, create=True) as store:
        for mail in _tests(settings, routes, store.installation):
            store.outbox.add(mail)
        return _deliver(store, settings)


@command.command()
@config_option
@configured_database_option
@click.option("--dead", is_flag=True, help="Try mails that were given up once more, too.")
@_dry_run
def flush(config: Path | None, database: Path | None, dead: bool, dry_run: Path | None) -> int:
    """Send what is due in the outbox; exit 5 when something is given up or still waits."""
    from scanners.alerts.delivery import due

    settings = _settings(config, database)
    if dry_run:
        with _store(settings) as store:
            return _write(due(store.outbox, _now()), dry_run)
    with _store(settings, write=True) as store:
        for mail in store.outbox.messages("dead") if dead else ():
            store.outbox.requeue(mail, due_at=_now())
        return _deliver(store, settings)


def _tests(settings: "Settings", routes: Sequence["Route"], installation: str) -> list["Message"]:
    from scanners.alerts.decisions import messages
    from scanners.alerts.digest import Digest, message_id

    now = _now()
    digest = Digest("test", ("This is a test of lppl-scanner. Nothing happened on any market.",))
    found: list[Message] = []
    for route in routes:
        about = (now.date().isoformat(), route.name, "test", now.isoformat())
        identifier = message_id(settings.mail, installation, *about)
        found += messages(digest, settings, route, identifier, now, {})
    return found


def _settings(config: Path | None, database: Path | None) -> "Settings":
    from scanners.config.layers import load

    return load(config, options={"scan.database": str(database) if database else None}).settings


def _store(settings: "Settings", write: bool = False, create: bool = False) -> "Store":
    from scanners.store import Store

    path = Path(settings.scan.database)
    if write and not create and not path.is_file():
        raise CommandError(f"there is no database at {path}; scan first, or name one with --database")
    return Store.open(path, write=write)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _find(store: "Store", alert: str) -> "Step":
    """Return the open episode of a series, or the one whose key begins so; there must be exactly one."""
    opened = store.runs.open_episodes()
    found = [each for each in opened if each.body.series == alert or each.fingerprint.startswith(alert)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(f"no open alert {alert!r}: lppl alerts list names them")
    keys = ", ".join(f"{each.fingerprint[:8]} ({each.body.direction})" for each in found)
    raise CommandError(f"{alert!r} has several open alerts, name one by its key: {keys}")


def _deliver(store: "Store", settings: "Settings") -> int:
    from scanners.alerts.delivery import UNDELIVERED, deliver, exit_code

    deliveries = deliver(store.outbox, settings.mail, _now)
    for each in deliveries:
        click.echo(f"{each.recipient}: {_said(each)}")
    waiting = sum(len(store.outbox.messages(state)) for state in ("queued", "leased"))
    if not deliveries:
        click.echo(f"nothing is due, {waiting} to be tried later" if waiting else "nothing is due")
    return UNDELIVERED if waiting else exit_code(deliveries)


def _said(delivery: "Delivery") -> str:
    words = {"sent": "sent", "later": "not sent, will be tried again", "dead": "given up"}[delivery.outcome]
    return f"{words}: {delivery.detail}" if delivery.detail else words


def _write(mails: Sequence[Any], folder: Path) -> int:
    """Write one file a message, and name it."""
    from scanners.alerts.channels.folder import write_letters

    for path in write_letters(mails, folder):
        click.echo(path)
    return 0


def _alert(episode: "Step") -> dict[str, Any]:
    place = {"key": episode.fingerprint, "state": episode.state, "event": episode.event}
    return place | {"at": episode.at.isoformat()} | dict(sorted(episode.body.to_dict().items()))


def _mails(mails: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {
            "message_id": mail.message_id,
            "recipient": mail.recipient,
            "subject": mail.body.get("subject", ""),
            "state": mail.state,
            "attempts": mail.attempts,
            "due": mail.due(_now()).isoformat(),
            "error": mail.last_error,
        }
        for mail in mails
    ]
