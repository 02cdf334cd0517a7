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
    capitulation_by_chance : float
        Share of paths of shuffled returns that show a negative C3 of .30 on any day (2 of 240, .2 to 3.0%,
        docs/false_alarms.md).
    """

    critical_by_chance: float = 0.043
    capitulation_by_chance: float = 0.008
