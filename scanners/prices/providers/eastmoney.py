"""Eastmoney through the package akshare: a second site beside Sina, so that the two can be compared."""

from scanners.prices.interface import Bars, Provider, Request, Traits
from scanners.prices.providers import akshare
from scanners.prices.providers.isolated import isolated

NAME = "eastmoney"
TRAITS = Traits(address="https://push2his.eastmoney.com/", package="akshare", extra="akshare")


def provider(interval: float = 1.0, timeout: float = 60.0) -> Provider:
    """Return the provider.

    Parameters
    ----------
    interval : float
        Least seconds between two series; the site hangs up on callers that are faster.
    timeout : float
        Most seconds for one series.
    """
    target = f"{__name__}:fetch_one"
    return isolated(NAME, target, interval=interval, timeout=timeout, traits=TRAITS, clock=akshare.clock)


def fetch_one(request: Request) -> Bars:
    """Fetch one series, e.g. ``futures_global_hist_em:GC00Y``, in this process."""
    return akshare.fetch_one(request, NAME, site="eastmoney")
