"""HTTP for the providers we speak to ourselves: a hard deadline, and failures that say what they are."""

import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import requests
import tenacity
import urllib3

from scanners.prices.interface import FetchError, kind_of
from scanners.prices.providers.assemble import package
from scanners.prices.providers.pace import Pace

# Far beyond any price file; a server that sends more is broken or hostile.
MAX_BYTES = 64 * 2**20
_ATTEMPTS = 3
_CHUNK = 65536
_READ_TIMEOUT = 20.0


def get(url: str, params: dict[str, str], *, pace: Pace, deadline: float) -> bytes:
    """Return the body of a GET request, trying again after transient failures while there is time.

    Parameters
    ----------
    url : str
    params : dict of str to str
    pace : Pace
        Of the service; shared by all its requests.
    deadline : float
        On the clock of `time.monotonic`; holds for the whole, however slowly the server sends.

    Raises
    ------
    FetchError
        With the kind of the last failure.
    """
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_worth_another_try),
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        wait=_pause,
        sleep=lambda seconds: time.sleep(max(0.0, min(seconds, deadline - time.monotonic()))),
        reraise=True,
    )
    return retrying(_once, url, params, pace, deadline)


def _worth_another_try(error: BaseException) -> bool:
    """Tell whether to ask again: a service that limits its callers and names no time is left alone."""
    if not isinstance(error, FetchError):
        return False
    return error.kind == "transient" or (error.kind == "rate_limited" and error.retry_after is not None)


def _pause(state: tenacity.RetryCallState) -> float:
    """Back off from a failing server; a limiting one gets its rest from the pace."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, FetchError) and error.kind == "rate_limited":
        return 0.0
    return tenacity.wait_random_exponential(multiplier=0.5, max=10)(state)


def _once(url: str, params: dict[str, str], pace: Pace, deadline: float) -> bytes:
    pace.wait(deadline)
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("transient", "no time left before the deadline")
    try:
        with requests.get(
            url,
            params=params,
            headers={"User-Agent": package()},
            stream=True,
            timeout=(min(10.0, left), min(_READ_TIMEOUT, left)),
        ) as response:
            _check_status(response, pace)
            return _body(response, deadline)
    except requests.Timeout:
        raise FetchError("transient", "the server did not answer in time") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        # The message of the exception holds the whole URL, which may hold a key.
        raise FetchError("transient", f"the connection failed ({type(error).__name__})") from None


def _check_status(response: requests.Response, pace: Pace) -> None:
    status = response.status_code
    if status == 200:
        return
    kind = kind_of(status)
    retry_after = _retry_after(response.headers.get("Retry-After", ""))
    if kind == "rate_limited":
        pace.rest(retry_after)
    raise FetchError(kind, f"the server answered {status} {response.reason}", retry_after)


def _retry_after(header: str) -> float | None:
    """Return the seconds that a Retry-After header asks for, given as a number or a date."""
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())


def _body(response: requests.Response, deadline: float) -> bytes:
    parts, size = [], 0
    # read1 returns what has arrived; any other way of reading waits for a full chunk, deadline or not.
    while part := response.raw.read1(_CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise FetchError("malformed", f"the answer is larger than {MAX_BYTES // 2**20} MiB")
        if time.monotonic() > deadline:
            raise FetchError("transient", "the answer was not complete by the deadline")
    return b"".join(parts)
