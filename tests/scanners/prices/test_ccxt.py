"""Coins through the real ccxt, on loopback."""

import json
from datetime import date, datetime, timezone
from urllib.parse import urlsplit

import pytest
from loopback import Answer, serve, soon

from scanners.prices.interface import Request
from scanners.prices.providers.isolated import isolated


def sent(value):
    return Answer(json.dumps(value).encode())


def kraken(path):
    """What Kraken's public interface sends, as ccxt reads it."""
    pair = {"altname": "XBTUSD", "wsname": "XBT/USD", "base": "XXBT", "quote": "ZUSD", "status": "online"}
    pair |= {"aclass_base": "currency", "aclass_quote": "currency", "pair_decimals": 1, "lot_decimals": 8}
    pair |= {"lot_multiplier": 1, "fees": [[0, 0.25]], "fees_maker": [[0, 0.16]], "tick_size": "0.1"}
    pair |= {"ordermin": "0.0001", "leverage_buy": [], "leverage_sell": []}
    coins = {"XXBT": "XBT", "ZUSD": "USD"}
    start = int(datetime(2024, 1, 2, tzinfo=timezone.utc).timestamp())
    candles = [[start + 86400 * n, "1", "2", "0.5", str(10 + n), "1", "3", 4] for n in range(3)]
    result = {
        "Assets": {
            key: {"aclass": "currency", "altname": name, "decimals": 8} for key, name in coins.items()
        },
        "AssetPairs": {"XXBTZUSD": pair},
        "OHLC": {"XXBTZUSD": candles, "last": 1},
    }
    name = urlsplit(path).path.rsplit("/", 1)[1]
    return sent({"error": [], "result": result.get(name, {})})


@pytest.mark.slow
def test_coins_through_the_real_ccxt(monkeypatch):
    pytest.importorskip("ccxt")
    current = [kraken]
    with serve(lambda path: current[0](path)) as served:
        monkeypatch.setenv("LPPL_TEST_SERVER", served.url)
        provider = isolated("ccxt", "package_loopback:ccxt_fetch", interval=0.0, timeout=30.0)
        good = Request("a", "kraken:BTC/USD")
        answers = [
            kraken,
            kraken,
            kraken,
            lambda path: Answer(b"<!DOCTYPE html><html>captcha</html>"),
            lambda path: sent({"error": ["EAPI:Rate limit exceeded"]}),
        ]
        asked = [good, Request("b", "kraken:NO/PE"), Request("c", "nowhere:BTC/USD"), good, good]

        def following():
            for request, answer in zip(asked, answers, strict=True):
                current[0] = answer
                yield request

        bars, *failures = provider.fetch(following(), soon(60))
    assert (bars.sessions.tolist(), bars.close.tolist()) == (
        [date(2024, 1, n) for n in (2, 3, 4)],
        [10.0, 11.0, 12.0],
    )
    assert (bars.currency, bars.timezone) == ("USD", "UTC")
    assert [failure.kind for failure in failures] == ["not_found", "not_found", "malformed", "rate_limited"]
