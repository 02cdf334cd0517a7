"""The long trend of an index: its breaks, and the place in the channel of the last one."""

from typing import Any

from scanners.systems.reading import Outcome, Reading
from scanners.systems.sampling import day, sampled, too_short
from scanners.systems.shelf import Shelf


def channel(shelf: Shelf, inputs: dict[str, Any], options: Any) -> Outcome:
    """Return ``above``, ``inside`` or ``below`` the channel of the last trend, and the established breaks."""
    from earlywarning.macro.trend_breaks import FEWEST, WIDTH, trend_channel

    name = inputs["x"]
    values = sampled(shelf.get(name), options.every, options.start, shelf.through(name))
    if len(values) < FEWEST:
        return Outcome(
            Reading(status="too short", evidence=too_short(len(values), FEWEST, f"{options.every}s"))
        )
    found = trend_channel(
        values,
        log=shelf.kind(name) == "price",
        max_breaks=options.most,
        trim=options.trim,
        replications=options.draws,
    )
    breaks = ", ".join(f"{one.date} (p = {one.p_value:.3f})" for one in found.breaks)
    evidence = (
        f"Breaks of the trend: {breaks}."
        if breaks
        else f"No break of the trend is established (best candidate {found.candidate}, "
        f"p = {found.p_value:.2f}); a random walk breaks its line all the time."
    )
    edge = WIDTH - abs(found.position)
    reading = Reading(
        state=found.state,
        evidence=(
            f"{evidence} The last trend begins {found.start}. By today's line, drawn anew with every "
            f"{options.every}, it is {found.state} since {found.since}."
        ),
        estimate=f"{found.position:+.2f} standard deviations from the line",
        distance=f"{edge:+.2f} standard deviations to the edge of the channel",
        mind=f"More than {WIDTH:g} standard deviations from the line, or a break with p at most 0.05.",
        p_value=found.p_value,
        last=day(values.index[-1]),
        numbers=found.to_dict(),
    )
    return Outcome(reading, found.plot)
