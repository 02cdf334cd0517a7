"""What chance alone raises: quoted beside a verdict, deciding none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ByChance:
    """How often chance alone raises what is told.

    Parameters
    ----------
    critical_by_chance : float
        Critical episodes a year on simulated paths of the same series: 38 in 875 years, GARCH-t and blocks of
        returns in equal parts (docs/skill/rules.json; 4 in 840 years at the thresholds of the first study,
        docs/chance.md).
    tc_held : float
        Share of dates with a major top within 120 sessions on which the middle 80% of the windows' critical
        times held it (4,433 dates, docs/skill_tops.md).
    capitulation_by_chance : float
        Share of paths without a bubble that show a negative C3 of .30 on any day: 1 of 720, Gaussian, GARCH-t
        and blocks of returns in equal parts (0.02 to 0.8%, docs/false_alarms.md).
    """

    critical_by_chance: float = 0.0605
    capitulation_by_chance: float = 0.0014
    tc_held: float = 0.15


# Times a year that C3 of a path without a bubble reaches a value when every session is looked at: the mean
# of GARCH(1,1)-t and of blocks of returns in docs/chance.md, 420 series-years each, positive side.
REACHED_A_YEAR = (
    (0.5, 0.002),
    (0.4, 0.0045),
    (0.35, 0.0135),
    (0.3, 0.0225),
    (0.25, 0.037),
    (0.2, 0.0585),
    (0.15, 0.1),
    (0.1, 0.1465),
)


def reached_a_year(value: float) -> tuple[float, float] | None:
    """Return the highest measured C3 that a value reaches and how often chance does a year, if any."""
    return next((one for one in REACHED_A_YEAR if value >= one[0]), None)
