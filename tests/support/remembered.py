"""Evidence is computed once a process: commands that ask for it again get what was found before.

For tests of what is done with evidence. Those of the evidence itself compute it every time.
"""

import hashlib

from scanners.core.as_of import until
from scanners.evidence.gathering import gather
from scanners.scan import one_series, scanning

_found = {}


def remembered_gather(prices, as_of, preset, *, tested=True, closed=0, known=None, memory=None, ready=None):
    seen = until(prices, as_of)
    content = hashlib.sha256(repr((prices.name, seen.index.dtype, prices.dtype, as_of, preset)).encode())
    content.update(repr((tested, closed, sorted((known or {}).items()))).encode())
    content.update(seen.index.asi8.tobytes() + seen.to_numpy().tobytes())
    key = content.digest()
    if seen.empty or key not in _found:  # without closes there is an error to raise
        _found[key] = gather(prices, as_of, preset, tested=tested, closed=closed, known=known)
    return _found[key]


def remember(monkeypatch):
    for module in (scanning, one_series):
        monkeypatch.setattr(module, "gather", remembered_gather)
