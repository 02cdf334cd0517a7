"""The real yfinance and its real transport, with every Yahoo host replaced by a server on loopback."""

import os
from urllib.parse import urlsplit

import yfinance.data
import yfinance.scrapers.history
from curl_cffi import requests as curl

from scanners.prices.providers import yahoo


class _Loopback(curl.Session):
    def request(self, method, url, *args, **kwargs):
        parts = urlsplit(url)
        return super().request(
            method, f"{os.environ['LPPL_TEST_SERVER']}/{parts.netloc}{parts.path}", *args, **kwargs
        )


def _session():
    return _Loopback(impersonate="chrome")


yfinance.data.new_session = _session
yfinance.scrapers.history.new_session = _session
fetch_one = yahoo.fetch_one
