"""Does a provider's server answer? Asked side by side, under one short deadline."""

import threading
import time
from collections.abc import Iterable

import requests

from scanners.prices.providers.assemble import own_package
from scanners.prices.providers.registry import traits_of


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
    addresses = {name: traits.address for name, traits in traits_of(providers).items() if traits.address}
    answers: dict[str, str] = {}

    def ask(name: str) -> None:
        answers[name] = _ask(addresses[name], timeout)

    threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in addresses]
    deadline = time.monotonic() + timeout
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = f"no answer within {timeout:g} s"
    return {name: answers.get(name, late) for name in addresses}


def _ask(address: str, timeout: float) -> str:
    try:
        requests.get(address, headers={"User-Agent": own_package()}, stream=True, timeout=timeout).close()
    except requests.Timeout:
        return f"no answer within {timeout:g} s"
    except requests.RequestException as error:
        return f"no connection ({type(error).__name__})"  # its text may hold a proxy's password
    return ""
