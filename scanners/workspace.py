"""A workspace: the folder in which the commands run, with its prices, its results and its watchlist."""

from importlib.resources import files
from pathlib import Path

from scanners.errors import CommandError

DATA = Path("data")
OUTPUTS = Path("outputs")
DATABASE = DATA / "lppl.db"
WATCHLIST = Path("watchlist.toml")

_HEADER = """\
# The watchlist of this workspace: `lppl fetch` and `lppl scan` take it when they are given no other.
#
# Each series has a name of your choice, an asset_class (equity_index, commodity, currency, bond_future,
# crypto, equity or unclassified) and symbols: provider -> what it calls the series, in the order in which to
# try them. The providers are yahoo, fred, cffex, akshare, krx, csv and dataset. A series of your own, from
# the file data/mine.csv:
#
#     [[series]]
#     name = "mine"
#     asset_class = "equity"
#     symbols = { csv = "mine" }
#
# Optional: title, timezone (IANA name), close (local time, "16:00") and calendar (of exchange_calendars). A
# bar counts once the close and half an hour are over; without time zone and close, once the UTC day is over.

"""


def create(folder: Path) -> list[tuple[Path, bool]]:
    """Make a workspace, and leave alone what is there.

    Parameters
    ----------
    folder : Path
        Made with its parents when it is not there.

    Returns
    -------
    list of (Path, bool)
        What a workspace has, and whether it was made now.

    Raises
    ------
    CommandError
        If something cannot be written, or stands in the way.
    """
    try:
        made = [(folder / name, _make_folder(folder / name)) for name in (DATA, OUTPUTS)]
        return [*made, (folder / WATCHLIST, _write_new(folder / WATCHLIST, _default_watchlist()))]
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
    return _HEADER + files("scanners").joinpath("watchlists", "core.toml").read_text("utf-8")
