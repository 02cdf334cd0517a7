"""Monitors of narratives: pairs that one story carried, and the length of cycles."""

from typing import Any

import numpy as np
import pandas as pd

from scanners.config.policy import Policy
from scanners.evidence.momentum import RECENT, YEAR
from scanners.systems.reading import Outcome, Reading
from scanners.systems.sampling import changes, day, levels, sampled, too_short
from scanners.systems.shelf import Shelf
from scanners.systems.signs import signed

MEMORY = 60  # sessions for which a FOMO day makes a phase


def pair(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether two prices move together, since when, when that broke, and their joint FOMO phases."""
    from dataclasses import replace

    from earlywarning.macro.feedback import time_varying

    names = [inputs["x"], inputs["y"]]
    steps = changes(shelf, names, options.every, options.start)
    need = 2 * options.window
    if len(steps) < need:
        what = f"common changes from {options.every} to {options.every}"
        return Outcome(Reading(status="too short", evidence=too_short(len(steps), need, what)))
    found = time_varying(steps[1], steps[0], window=options.window, replications=options.draws)
    phases = [fomo_phase(shelf.get(name)) for name in names]
    both = pd.concat(dict(enumerate(phases)), axis=1, join="inner").iloc[-options.recent :]
    joint = float((both[0] & both[1]).mean())
    chance = float(both[0].mean() * both[1].mean())
    correlation = float(np.corrcoef(steps.to_numpy()[-options.window :], rowvar=False)[0, 1])
    states = ("together", "opposed")
    outcome = signed(found, steps[1], steps[0], options, "% a per cent", states, str(options.every))
    made = outcome.reading
    made = replace(
        made,
        evidence=(
            f"{made.evidence} Correlation {correlation:+.2f}; joint FOMO phases on {joint:.0%} of the last "
            f"{len(both)} sessions, {chance:.0%} if the two were unrelated."
        ),
        numbers={**made.numbers, "correlation": correlation, "joint": joint, "joint_by_chance": chance},
    )
    return Outcome(made, outcome.draw)


def fomo_phase(prices: pd.Series, policy: Policy | None = None) -> pd.Series:
    """Return for each session whether one of the last 60 was in the FOMO regime of the policy."""
    policy = policy or Policy()
    returns = np.log(prices).diff()
    sigma = returns.rolling(YEAR).std()
    recent = returns.rolling(RECENT).mean()
    before = returns.shift(RECENT).rolling(YEAR - RECENT).mean()
    z = returns.rolling(YEAR).sum() / (sigma * np.sqrt(YEAR))
    acceleration = (recent - before) / sigma * np.sqrt(RECENT)
    new_high = prices == prices.rolling(YEAR).max()
    regime = new_high & (z > policy.z250) & (acceleration > policy.acceleration)
    return regime.rolling(MEMORY, min_periods=1).max().astype(bool)


def cycle(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return whether the dominant cycle of a price shortens."""
    from earlywarning.macro.cycles import cycle_length

    values = sampled(levels(shelf, inputs["x"]), options.every, options.start, shelf.through(inputs["x"]))
    need = 2 * options.window
    if len(values) < need:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(values), need, f"{options.every}s"))
        )
    found = cycle_length(values, window=options.window, replications=options.draws)
    reading = Reading(
        state=found.state,
        evidence=(
            f"Strongest cycle of the changes now {found.period.iloc[-1]:.0f} {options.every}s, with "
            f"{found.peak:.0%} of the power (p = {found.peak_p_value:.2f}); Kendall tau of its length "
            f"{found.tau:+.2f} (p = {found.p_value:.2f}) since {day(found.period.index[0])}."
            + ("" if found.peak_p_value <= 0.05 else " No cycle stands out that could have a length.")
        ),
        estimate=f"{found.period.iloc[-1]:.0f} {options.every}s, trend {found.tau:+.2f}",
        mind="A trend of the length whose p-value against changes with random signs crosses 0.05.",
        p_value=found.p_value,
        last=day(values.index[-1]),
        numbers=found.to_dict(),
    )
    return Outcome(reading, found.plot)
