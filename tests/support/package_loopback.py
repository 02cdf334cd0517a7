"""The real akshare, ccxt and finance-datareader, with every address replaced by a server on loopback."""

import os
import urllib.request
from urllib.parse import urlsplit

import requests.adapters

from scanners.prices.providers import akshare, akshare_contracts, ccxt, eastmoney, krx

_send = requests.adapters.HTTPAdapter.send
_urlopen = urllib.request.urlopen


def _here(url):
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{os.environ['LPPL_TEST_SERVER']}/{parts.netloc}{parts.path}{query}"


def _send_here(self, request, **kwargs):
    request.url = _here(request.url)
    return _send(self, request, **kwargs)


def _open_here(request, *args, **kwargs):
    request.full_url = _here(request.full_url)
    return _urlopen(request, *args, **kwargs)


requests.adapters.HTTPAdapter.send = _send_here
urllib.request.urlopen = _open_here
krx_fetch = krx.fetch_one
ccxt_fetch = ccxt.fetch_one

# Sina packs some tables by a script of its own; here they come as escaped JSON, and the rest is the
# package's.
_PLAIN = "function d(text) { return JSON.parse(decodeURIComponent(text)); }"


def _unpacked(fetch):
    def fetch_one(request):
        from akshare.fund import fund_etf_sina
        from akshare.index import index_stock_us_sina, index_stock_zh

        index_stock_us_sina.zh_js_decode = _PLAIN
        index_stock_zh.hk_js_decode = _PLAIN
        fund_etf_sina.hk_js_decode = _PLAIN
        akshare_contracts._PAUSE = 0.0
        return fetch(request)

    return fetch_one


akshare_fetch = _unpacked(akshare.fetch_one)
eastmoney_fetch = _unpacked(eastmoney.fetch_one)
