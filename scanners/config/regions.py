"""Which providers to ask first from where: a watchlist's symbols in the order of a region."""

import re
from typing import Literal, get_args

from scanners.core.errors import CommandError

Region = Literal["cn", "us", "eu", "kr"]
REGIONS: tuple[Region, ...] = get_args(Region)

# Providers that a region asks before all others; what is not named keeps its order behind them. Yahoo answers
# nobody in mainland China; sites of a country are nearest to it.
FIRST: dict[Region, tuple[str, ...]] = {
    "cn": ("cffex", "akshare", "eastmoney", "fred", "h10", "ecb", "computed", "naver", "krx", "stooq"),
    "us": ("cffex", "yahoo", "fred", "h10", "computed"),
    "eu": ("cffex", "yahoo", "ecb", "stooq", "fred", "h10", "computed"),
    "kr": ("cffex", "naver", "krx", "yahoo", "fred", "h10", "computed"),
}
_SYMBOLS = re.compile(r"^symbols = \{ (.*) \}$", re.MULTILINE)
_PAIR = re.compile(r'([a-z0-9_]+) = ("[^"]*")')
_LAST = ("csv", "dataset")


def ordered(text: str, region: str) -> str:
    """Return the text of a watchlist with the symbols of each series in the order of a region.

    Parameters
    ----------
    text : str
        TOML with a line ``symbols = { provider = "symbol", ... }`` a series; all else stays as it is.
    region : str

    Raises
    ------
    CommandError
        If there is no such region.
    """
    if region not in FIRST:
        raise CommandError(f"the region must be one of {', '.join(REGIONS)}, got {region!r}")
    first = FIRST[region]

    def place(pair: tuple[str, str]) -> tuple[int, int]:
        name = pair[0]
        if name in _LAST:
            return 2, _LAST.index(name)
        return (0, first.index(name)) if name in first else (1, 0)

    def line(match: re.Match[str]) -> str:
        pairs = sorted(_PAIR.findall(match[1]), key=place)
        return f"symbols = {{ {', '.join(f'{name} = {symbol}' for name, symbol in pairs)} }}"

    return _SYMBOLS.sub(line, text)
