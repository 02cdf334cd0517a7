"""HTTP for the providers we speak to ourselves: a hard deadline, and failures that say what they are."""

import time
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tenacity
import urllib3

from scanners.prices.interface import FetchError, kind_of
from scanners.prices.providers.assemble import own_package
from scanners.prices.providers.kept import Kept
from scanners.prices.providers.pace import Pace

# Far beyond any price file; a server that sends more is broken or hostile.
MAX_BYTES = 64 * 2**20
_ATTEMPTS = 3
_CHUNK = 65536
_NOT_MODIFIED = 304
_NOTHING_KEPT = Kept(None)
_READ_TIMEOUT = 20.0


def get(
    url: str,
    params: dict[str, str],
    *,
    pace: Pace,
    deadline: float,
    headers: Mapping[str, str] | None = None,
    question: Mapping[str, Any] | None = None,
    kept: Kept = _NOTHING_KEPT,
    name: str = "",
) -> bytes:
    """Return the body of a request, trying again after transient failures while there is time.

    Parameters
    ----------
    url : str
    params : dict of str to str
    pace : Pace
        Of the service; shared by all its requests.
    deadline : float
        On the clock of `time.monotonic`; holds for the whole, however slowly the server sends.
    headers : mapping of str to str, optional
        Beside our own, e.g. with a key.
    question : mapping, optional
        Sent as JSON in a POST request in place of GET.
    kept : Kept
        Where the body is kept as ``name`` with its validators; what the server says has not changed is read
        there.
    name : str

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
    sent = {"User-Agent": own_package(), **(headers or {}), **(kept.validators(name) if name else {})}
    asked = {"url": url, "params": params, "headers": sent, "json": question}
    status, body, said = retrying(_once, "POST" if question else "GET", asked, pace, deadline)
    if status == _NOT_MODIFIED:
        return kept.body(name) or b""
    if name:
        kept.keep(name, body, said.get("ETag", ""), said.get("Last-Modified", ""))
    return body


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


def _once(
    method: str, asked: dict[str, Any], pace: Pace, deadline: float
) -> tuple[int, bytes, Mapping[str, str]]:
    pace.wait(deadline)
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("transient", "no time left before the deadline")
    try:
        with requests.request(
            method, **asked, stream=True, timeout=(min(10.0, left), min(_READ_TIMEOUT, left))
        ) as response:
            _check_status(response, pace)
            return response.status_code, _body(response, deadline), response.headers
    except requests.Timeout:
        raise FetchError("transient", "the server did not answer in time") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        # The message of the exception holds the whole URL, which may hold a key.
        raise FetchError("transient", f"the connection failed ({type(error).__name__})") from None


def _check_status(response: requests.Response, pace: Pace) -> None:
    status = response.status_code
    conditional = {"If-None-Match", "If-Modified-Since"} & {*response.request.headers}
    if status == 200 or (status == _NOT_MODIFIED and conditional):
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
