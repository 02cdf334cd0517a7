"""A state with memory in the words of a reading."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from earlywarning.macro.sign_memory import HeldSpan
from earlywarning.macro.state_memory import DROP, HOLD, TAKE, StateMemory
from scanners.systems.reading import FADING, UNKNOWN
from scanners.systems.sampling import day

NAMES = {-1: "convergent", 1: "divergent"}
TODAY = "today's table"  # what a held state is compared with in words


def held_state(memory: StateMemory, names: Mapping[int, str], fade: int) -> tuple[str, str, str]:
    """Return state, what it was, and since when.

    Parameters
    ----------
    memory : StateMemory
    names : mapping of int to str
        Of the two states.
    fade : int
        Figures for which a state that ended is fading.
    """
    label = memory.index
    if memory.state:
        return names[memory.state], "", day(label[memory.since])
    ended = memory.ended(fade)
    if ended is None:
        return UNKNOWN, "", ""
    return FADING, f"{names[ended.sign]} to {day(label[ended.end])}", day(label[ended.end + 1])


def history(memory: StateMemory) -> str:
    """Return in words what the memory saw: t now, its levels, and what was held before."""
    told = (
        f"Slope over error, figure by figure: now {memory.t[-1]:+.1f}; {TAKE} in a row below "
        f"{-memory.convergent:.1f} are convergent, above {memory.divergent:+.1f} divergent, each held until "
        f"{DROP} in a row lie below a quarter of that"
    )
    before = [run for run in memory.runs if not memory.state or run is not memory.runs[-1]][-3:]
    if before:
        told += "; before: " + ", ".join(_run(run, memory) for run in before)
    return told + "."


def since_when(signs: np.ndarray, ratio: np.ndarray, index: pd.Index) -> str:
    """Return from which day on the sign of now is held, or there is none; empty where no ratio is known."""
    other = np.flatnonzero((signs != signs[-1]) | ~np.isfinite(ratio))
    return day(index[int(other[-1]) + 1 if len(other) else 0]) if np.isfinite(ratio[-1]) else ""


def taken_up(memory: StateMemory) -> str:
    """Return the date on which the state was taken up; empty without one."""
    return day(memory.index[memory.since]) if memory.state else ""


def levels(memory: StateMemory) -> str:
    """Return at which slope over error the state would change."""
    now = f"Slope over error, now {memory.t[-1]:+.1f}"
    low, high = -memory.convergent, memory.divergent
    if memory.state < 0:
        ends = f"above {HOLD * low:+.1f} on {DROP} figures in a row ends it, above {high:+.1f} on {TAKE}"
        return f"{now}: {ends} makes it divergent"
    if memory.state > 0:
        ends = f"below {HOLD * high:+.1f} on {DROP} figures in a row ends it, below {low:+.1f} on {TAKE}"
        return f"{now}: {ends} makes it convergent"
    return (
        f"{now}: on {TAKE} figures in a row above {high:+.1f} makes it divergent, below {low:+.1f} convergent"
    )


def plain(memory: StateMemory) -> dict[str, Any]:
    """Return the memory as plain values."""
    return {
        "t": float(memory.t[-1]),
        "convergent": memory.convergent,
        "divergent": memory.divergent,
        "runs": [
            {
                "state": NAMES[one.sign],
                "start": day(memory.index[one.start]),
                "end": day(memory.index[one.end]),
            }
            for one in memory.runs
        ],
    }


def _run(run: HeldSpan, memory: StateMemory) -> str:
    return f"{NAMES[run.sign]} {day(memory.index[run.start])} to {day(memory.index[run.end])}"
