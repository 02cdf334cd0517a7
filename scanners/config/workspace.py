"""A workspace: the folder in which the commands run, with prices, results, watchlist and configuration."""

from importlib.resources import files
from pathlib import Path

from scanners.config.regions import ordered
from scanners.core.errors import CommandError
from scanners.core.plain_files import PRIVATE_FOLDER

DATA = Path("data")
OUTPUTS = Path("outputs")
DATABASE = DATA / "lppl.db"
WATCHLIST = Path("watchlist.toml")
CONFIGURATION = Path("scanner.toml")

_HEADER = """\
# The watchlist of this workspace: `lppl fetch` and `lppl scan` take it when they are given no other.
#
# Each series has a name of your choice, an asset_class (equity_index, commodity, currency, bond_future,
# crypto, equity or unclassified) and symbols: provider -> what it calls the series, in the order in which to
# try them; where two have a series, a weekly look says whether they agree. docs/prices.md lists the
# providers. A series of your own, from the file data/mine.csv:
#
#     [[series]]
#     name = "mine"
#     asset_class = "equity"
#     symbols = { csv = "mine" }
#
# A series of little history may name a longer one of the list, which is judged beside it and never for it:
# proxy = "cgb_index".
#
# Optional: title, timezone (IANA name), close (local time, "16:00") and calendar (of exchange_calendars). A
# bar counts once the close and half an hour are over; without time zone and close, once the UTC day is over.

"""

_CONFIGURATION = """\
# The configuration of this workspace. Every key is optional; what stands here behind a # is an example or the
# default. `lppl config show` prints all keys and where their values come from, `lppl config validate` checks
# them.

# Who hears of what. Without a route nobody is told, and `lppl alerts list` shows what is open.
#[[route]]
#name = "desk"
#recipients = ["me@example.org"]
#level = "warning"                   # or "watch", "critical": the lowest level to hear of

# The server that takes the mails. The password never stands here: it is in the environment, in a file that
# only you can read (chmod 600), or in a systemd credential.
#[mail]
#host = "mail.example.org"
#port = 587
#security = "starttls"               # or "tls" (port 465), or "none" for a relay that wants no password
#username = "scanner"
#password_file = "/home/me/.config/lppl/smtp"
#sender = "scanner@example.org"

# When `lppl schedule cron` and `lppl schedule systemd` let it run, Monday to Saturday.
#[schedule]
#time = "06:00"
#timezone = "Europe/Zurich"
#catch_up_days = 5                   # missed weekdays to make up for

# A dead-man's switch, such as a check of healthchecks.io: it tells you when a scan did not come.
#[ping]
#url = "https://hc-ping.com/your-check"

# Macro systems on the daily page; `lppl systems --fetch` loads what they need.
#[systems]
#names = ["us", "china", "japan", "coupling"]

#[scan]
#watchlist = "watchlist.toml"
#pages = "auto"                      # pages and pictures of all series, of a long list only of raised ones

# When an alert opens, speaks again and ends.
#[alerts]
#pending_runs = 1
#clear_runs = 5
#repeat_sessions = 20

# Thresholds on C3; their measured records are those of the defaults.
#[policy]
#critical = 0.4
#warning = 0.3
#[policy.by_asset_class.crypto]
#critical = 0.5
"""


def create(folder: Path, region: str | None = None) -> list[tuple[Path, bool]]:
    """Make a workspace, and leave alone what is there.

    Parameters
    ----------
    folder : Path
        Made with its parents when it is not there.
    region : str, optional
        Where the user sits, one of `scanners.config.regions.REGIONS`: its sources stand first in the
        watchlist.

    Returns
    -------
    list of (Path, bool)
        What a workspace has, and whether it was made now.

    Raises
    ------
    CommandError
        If something cannot be written, or stands in the way, or there is no such region.
    """
    watchlist = _default_watchlist()
    if region is not None:
        watchlist = ordered(watchlist, region)
    try:
        made = [(folder / name, _make_folder(folder / name)) for name in (DATA, OUTPUTS)]
        if made[0][1]:
            (folder / DATA).chmod(PRIVATE_FOLDER)  # the database will be there
        texts = {WATCHLIST: watchlist, CONFIGURATION: _CONFIGURATION}
        return [*made, *((folder / name, _write_new(folder / name, text)) for name, text in texts.items())]
    except OSError as error:
        raise CommandError(f"cannot make {error.filename or folder}: {error.strerror}") from error


def _make_folder(folder: Path) -> bool:
    made = not folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    return made


def _write_new(path: Path, text: str) -> bool:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _default_watchlist() -> str:
    return _HEADER + files("scanners.config").joinpath("watchlists/core.toml").read_text("utf-8")
