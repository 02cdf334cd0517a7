"""The real akshare and finance-datareader, with every address replaced by a server on loopback."""

import os
import urllib.request
from urllib.parse import urlsplit

import requests.adapters

from scanners.prices.providers import akshare, krx

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
akshare_fetch = akshare.fetch_one
krx_fetch = krx.fetch_one
