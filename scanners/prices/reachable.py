"""Does a provider's server answer? Asked side by side, under one short deadline."""

import threading
import time
from collections.abc import Iterable

import requests

from scanners.prices.providers import cffex, fred
from scanners.prices.providers.assemble import package

# Provider -> an address of the service that it reads.
ADDRESSES = {
    "akshare": "https://stock2.finance.sina.com.cn/",
    "cffex": cffex.URL,
    "fred": fred.URL,
    "krx": "https://raw.githubusercontent.com/",
    "yahoo": "https://query1.finance.yahoo.com/",
}


def silent(providers: Iterable[str], timeout: float) -> dict[str, str]:
    """Return why no answer came from the servers of these providers, empty text where one did.

    Any answer counts, a refusal too: it says that the way to the server is open, not what it would send.

    Parameters
    ----------
    providers : iterable of str
        Those without a known address are passed over.
    timeout : float
        Seconds for all together.
    """
    asked = [name for name in providers if name in ADDRESSES]
    answers: dict[str, str] = {}

    def ask(name: str) -> None:
        answers[name] = _ask(ADDRESSES[name], timeout)

    threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in asked]
    deadline = time.monotonic() + timeout
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = f"no answer within {timeout:g} s"
    return {name: answers.get(name, late) for name in asked}


def _ask(address: str, timeout: float) -> str:
    try:
        requests.get(address, headers={"User-Agent": package()}, stream=True, timeout=timeout).close()
    except requests.Timeout:
        return f"no answer within {timeout:g} s"
    except requests.RequestException as error:
        return f"no connection ({type(error).__name__})"  # its text may hold a proxy's password
    return ""
