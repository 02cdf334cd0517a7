"""The dollar index, computed from six rates of one of three sources."""

from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import serve, soon
from source_answers import DAYS, told, zipped

from scanners.prices import clocks
from scanners.prices.interface import Request
from scanners.prices.providers import h10, registry

SIX = {"EURUSD": 1.0956, "USDJPY": 142.1, "GBPUSD": 1.27, "USDCAD": 1.33, "USDSEK": 10.2, "USDCHF": 0.85}
# The formula as the exchange states it, as a product.
INDEX = 50.14348112 * 1.0956**-0.576 * 142.1**0.136 * 1.27**-0.119 * 1.33**0.091 * 10.2**0.042 * 0.85**0.036


def one_day(symbol, path):
    """The six rates of one day, as each of the three sources sends them."""
    if symbol == "DXY:fred":
        series = dict(
            zip(("DEXUSEU", "DEXJPUS", "DEXUSUK", "DEXCAUS", "DEXSDUS", "DEXSZUS"), SIX, strict=True)
        )
        name = parse_qs(urlsplit(path).query)["id"][0]
        return told(f"observation_date,{name}\n2024-01-02,{SIX[series[name]]}\n")
    if symbol == "DXY:h10":
        names = [h10.SERIES[pair] for pair in SIX]
        return told(f"Time Period,{','.join(names)}\n2024-01-02,{','.join(map(str, SIX.values()))}\n")
    euro = SIX["EURUSD"]
    rates = {pair[3:]: euro * rate for pair, rate in SIX.items() if pair.startswith("USD")}
    rates |= {"USD": euro, "GBP": euro / SIX["GBPUSD"]}
    return told(zipped(f"Date,{','.join(rates)},\n2024-01-02,{','.join(map(repr, rates.values()))},\n"))


@pytest.mark.parametrize("symbol", ["DXY:fred", "DXY:h10", "DXY:ecb"])
def test_the_dollar_index_is_computed_from_six_rates_and_says_so(symbol):
    name = symbol.partition(":")[2]
    with serve(lambda path: one_day(symbol, path)) as served:
        own = {"url": served.url, "interval": 0.0} | ({"cache": None} if name == "ecb" else {})
        provider = registry.open_provider("computed", {"options": {name: own}})
        (bars,) = provider.fetch([Request("dxy", symbol)], soon())
    assert bars.sessions.tolist() == [DAYS[0]]
    assert bars.close[0] == pytest.approx(INDEX, rel=1e-12)
    assert bars.package.endswith(f"computed from six rates of {name}")
    assert provider.clock(symbol) == (clocks.FIXING if name == "ecb" else clocks.NOON)
