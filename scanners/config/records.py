"""What was measured of alarms: quoted beside a verdict, deciding none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """How often a level was followed by a major top within 60 sessions.

    Parameters
    ----------
    hit : float
        Share of alarm episodes followed by a major top.
    base : float
        The same share on dates of the same series as stretched, far from any such alarm.
    interval : tuple of float, optional
        95% interval of ``hit``, where it was measured.
    recall : float, optional
        Share of major tops with such an alarm in the 60 sessions up to them.
    """

    hit: float
    base: float
    interval: tuple[float, float] | None = None
    recall: float | None = None

    def __str__(self) -> str:
        interval = f" [{self.interval[0]:.0%}, {self.interval[1]:.0%}]" if self.interval else ""
        inside = self.interval is not None and self.base >= self.interval[0]
        return (
            f"{self.hit:.0%}{interval} of such alarms preceded a major top within 60 sessions, "
            f"against {self.base:.0%} for equally stretched momentum"
            f"{' (inside the interval: no lift shown)' if inside else ''}"
        )


@dataclass(frozen=True)
class AlarmRecords:
    """What followed alarms, and how often chance alone raises them.

    Parameters
    ----------
    critical_record, warning_record, watch_record : Record
        What followed such alarms, or higher ones, on the development series; see `Policy.record`.
    critical_per_year : tuple of float
        Critical alarms a year and series, on the lower and the higher half of the development series.
    critical_by_chance : float
        Critical episodes a year on simulated paths of the same series: 29 in 698 years, GARCH-t and blocks of
        returns in equal parts (docs/skill/rules.json; 4 in 840 years at the thresholds of the first study).
    watch_by_chance, capitulation_by_chance : float
        Share of paths of shuffled returns that show a FOMO regime (1.2 to 1.5%, scripts/fomo_by_chance.py;
        real prices show it as often) or a negative C3 of .30 (2 of 240, .2 to 3.0%, docs/false_alarms.md)
        on any day.
    shuffled : tuple of float
        Share of alarms that shuffling returns in 20-day blocks reproduces, at C3 >= .40 and at C3 >= .30:
        .002 and .019 a year against .025 and .047 on real prices.
    """

    critical_record: Record = Record(hit=0.30, base=0.20, interval=(0.0, 0.80), recall=0.02)
    warning_record: Record = Record(hit=0.37, base=0.23, interval=(0.09, 0.67), recall=0.06)
    watch_record: Record = Record(hit=0.30, base=0.17, interval=(0.22, 0.38), recall=0.52)
    critical_per_year: tuple[float, float] = (0.012, 0.035)
    critical_by_chance: float = 0.042
    watch_by_chance: float = 0.013
    capitulation_by_chance: float = 0.008
    shuffled: tuple[float, float] = (0.1, 0.4)
