"""Does one level move before another? Changes of y on what x did over the periods before."""

from typing import Any

import numpy as np

from scanners.systems.reading import Outcome, Reading
from scanners.systems.sampling import levels, together, too_short
from scanners.systems.shelf import Shelf
from scanners.systems.signs import signed


def lead(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return the sign with which ``y`` follows ``x``, and since when.

    The change of y from one period to the next is set against the change of x over the ``past`` periods that
    ended before it, so that both are known before y moves; its sign has the memory of any relation.
    """
    from earlywarning.macro.feedback import time_varying

    names = [inputs["y"], inputs["x"]]
    log = options.log or shelf.kind(names[0]) == "price"
    first = 100.0 * np.log(shelf.get(names[0])) if log else shelf.get(names[0])
    table = together([first, levels(shelf, names[1])], options.every, options.start, shelf.through(*names))
    steps = table[0].diff().iloc[options.past + 1 :]
    before = (table[1] - table[1].shift(options.past)).shift(1).iloc[options.past + 1 :]
    need = 2 * options.window
    if len(steps) < need:
        what = f"changes of both from {options.every} to {options.every}"
        return Outcome(Reading(status="too short", evidence=too_short(len(steps), need, what)))
    found = time_varying(steps, before, window=options.window, replications=options.draws)
    unit = f"{'%' if log else 'points'} a {options.every} a point of {options.past} {options.every}s before"
    return signed(found, steps, before, options, unit, ("positive", "negative"), str(options.every))
