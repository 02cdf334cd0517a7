"""A pass over a panel on disk: one compressed file a series, that a second run goes on with.

The first line of a file is a comment with a digest of the prices and of what the program says of a fixed
example; where either changed, the file is computed anew.
"""

import gzip
import io
import json
import time
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pandas as pd

import lppl
from scanners.core.run_files import write_file
from scanners.past.panel.pass_rows import TOGETHER, bifurcation_rows, bubble_rows, trust_rows

KINDS: dict[str, Callable[[pd.Series, Sequence[int]], pd.DataFrame]] = {
    "bubble": bubble_rows,
    "bifurcation": bifurcation_rows,
    "trust": trust_rows,
}
_SAVE_AFTER = 30.0  # seconds
_PROBED = {"bubble": range(1000, 1600, 100), "bifurcation": (1500,), "trust": (1500,)}


def digest(closes: pd.Series) -> str:
    """Return a digest of every date and close."""
    days = closes.index.to_numpy().astype("datetime64[D]").astype("<i8")
    values = closes.to_numpy(dtype="<f8")
    return blake2b(days.tobytes() + values.tobytes(), digest_size=8).hexdigest()


@cache
def engine(kind: str) -> str:
    """Return a digest of what the program says of a shipped series, six digits of every number."""
    rows = KINDS[kind](lppl.datasets.load("nasdaq"), list(_PROBED[kind]))
    return blake2b(rows.to_csv(index=False, float_format="%.6g").encode(), digest_size=8).hexdigest()


def path_of(folder: Path, name: str, kind: str) -> Path:
    """Return where the pass over one series is kept."""
    return folder / f"{name}.{kind}.csv.gz"


def read(path: Path) -> tuple[dict, pd.DataFrame]:
    """Return the header and the rows of a kept pass; an empty header where there is none."""
    if not path.is_file():
        return {}, pd.DataFrame()
    text = gzip.decompress(path.read_bytes()).decode()
    first, _, rest = text.partition("\n")
    return json.loads(first.removeprefix("#")), pd.read_csv(io.StringIO(rest))


def complete(
    folder: Path,
    name: str,
    closes: pd.Series,
    at: np.ndarray,
    kind: str,
    tell: Callable[[int], None] | None = None,
) -> tuple[int, float]:
    """Compute the rows of one series that are not kept yet, and keep them.

    Parameters
    ----------
    folder : Path
        Of the kept passes.
    name : str
    closes : pandas.Series
    at : array of int
        Positions asked for; rows at others stay in the file.
    kind : {"bubble", "bifurcation", "trust"}
    tell : callable, optional
        Called with the rows done so far.

    Returns
    -------
    rows, seconds : int, float
        Computed now, and the processor time they took.
    """
    path = path_of(folder, name, kind)
    header = {"prices": digest(closes), "engine": engine(kind), "kind": kind}
    old, kept = read(path)
    if old != header:
        kept = pd.DataFrame()
    missing = at if kept.empty else at[~np.isin(at, kept["position"])]
    started, saved, parts = time.process_time(), time.monotonic(), [kept] if len(kept) else []
    for k in range(0, len(missing), TOGETHER):
        parts.append(KINDS[kind](closes, missing[k : k + TOGETHER].tolist()))
        if tell is not None:
            tell(min(k + TOGETHER, len(missing)))
        if time.monotonic() - saved > _SAVE_AFTER or k + TOGETHER >= len(missing):
            rows = pd.concat(parts, ignore_index=True).sort_values("position")
            _save(path, header, rows, closes.index)
            saved = time.monotonic()
    return len(missing), time.process_time() - started


def _save(path: Path, header: dict, rows: pd.DataFrame, dates: pd.Index) -> None:
    if "date" not in rows:
        rows.insert(1, "date", "")
    rows["date"] = [f"{dates[i]:%Y-%m-%d}" for i in rows["position"]]
    text = f"#{json.dumps(header)}\n{rows.to_csv(index=False, float_format='%.10g')}"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, gzip.compress(text.encode(), mtime=0))
