"""What a service really answered, where a package that speaks to it through requests does not look."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from scanners.prices.interface import FetchError, kind_of


class Watch:
    """The last answer that came."""

    last: requests.Response | None = None

    @property
    def is_page(self) -> bool:
        """Whether it was a web page, whatever was asked for."""
        return self.last is not None and self.last.content.lstrip()[:1] == b"<"

    def failure(self, error: Exception) -> FetchError:
        """Return the failure that an exception of the package stands for, in view of the last answer."""
        answer = self.last
        if answer is not None and answer.status_code != 200:
            header = answer.headers.get("Retry-After", "")
            wait = float(header) if header.isdigit() else None
            return FetchError(
                kind_of(answer.status_code), f"the server answered {answer.status_code}", retry_after=wait
            )
        if isinstance(error, requests.RequestException) and not isinstance(error, ValueError):
            return FetchError("transient", f"the connection failed ({type(error).__name__})")
        if answer is not None and self.is_page:
            said = (
                "a captcha" if b"captcha" in answer.content.lower() or "验证" in answer.text else "a web page"
            )
            return FetchError("malformed", f"the answer is {said} instead of data")
        return FetchError("malformed", f"the answer has another shape ({type(error).__name__})")


@contextmanager
def watched(timeout: float) -> Iterator[Watch]:
    """Watch all that requests receives in the block, in this process; every request gets a time-out.

    Parameters
    ----------
    timeout : float
        Seconds without a byte.
    """
    watch = Watch()
    send = requests.Session.send

    def sending(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        watch.last = None
        more["timeout"] = more.get("timeout") or timeout
        watch.last = send(self, request, **more)
        return watch.last

    requests.Session.send = sending  # type: ignore[method-assign]
    try:
        yield watch
    finally:
        requests.Session.send = send  # type: ignore[method-assign]
