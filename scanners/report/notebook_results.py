"""What a notebook shows of one series or of many: tables, pictures, and the cards of the page."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

import lppl
from scanners.config.policy import Policy
from scanners.core.vocabulary import AssetClass, Level, Risk
from scanners.evidence.confidence_memory import Memory
from scanners.report import html
from scanners.report.card import card, fall_in_words
from scanners.report.columns import rank, record
from scanners.report.fonts import drawable
from scanners.report.heat import Remembered, heat_map, looks_of
from scanners.report.morning import morning
from scanners.report.past import chances_past, confidence_past
from scanners.report.pictures import overview_picture
from scanners.report.price_chart import levels_past
from scanners.report.week_strip import strip
from scanners.scan import one_series
from scanners.scan.one_series import UNCLASSIFIED
from scanners.scan.plan import DEFAULT
from scanners.verdict.judgement import Judgement, confidence_line
from scanners.verdict.row import JudgedRow, Row

CARDS = 12  # raised series with a card; the table has all
_SHOWN = ("level", "level_sessions", "risk", "close", "day", "week", "return_250", "C3", "tc_median", "last")


@dataclass(frozen=True, eq=False)
class Look:
    """What `scanners.look` found of one series: what `lppl scan` says of it, with what it is drawn from.

    Parameters
    ----------
    found : scanners.scan.one_series.Look
        The fit of the longest window that qualifies, the windows around it, the evidence.
    row : scanners.verdict.row.Row
        As of a scan: names, verdict, evidence, the past of the verdict.
    closes : pandas.Series
        All that was looked at.
    policy : scanners.config.policy.Policy
        Thresholds of the asset class.
    memory : scanners.evidence.confidence_memory.Memory
        C of the sessions that were looked at.
    """

    found: one_series.Look
    row: Row
    closes: pd.Series
    policy: Policy
    memory: Memory

    @property
    def verdict(self) -> Judgement:
        """Level, risk, headline and reasons, or why there is none."""
        return self.row.verdict

    @property
    def level(self) -> Level | None:
        """Of the bubble; None where there is no verdict."""
        return self.verdict.level

    @property
    def risk(self) -> Risk | None:
        """How the chance of a fall stands to the usual one; None where none is stated."""
        return self.verdict.risk

    @property
    def fit(self) -> lppl.Fit:
        """Fit of the longest window that qualifies, else of the longest there is."""
        return self.found.fit

    @property
    def chances(self) -> pd.DataFrame:
        """Chances of falls: a row a size and horizon with chance, interval, usual one and odds ratios."""
        evidence = self.row.evidence
        cells = evidence.falls.cells if evidence and evidence.falls else ()
        return pd.DataFrame([asdict(cell) for cell in cells])

    @property
    def windows(self) -> pd.DataFrame:
        """The windows at the last session, a row each, and whether it qualifies; empty below their least."""
        fits = self.found.fits
        return pd.DataFrame() if fits is None else fits.windows.to_frame().assign(qualifies=fits.qualified)

    @cached_property
    def history(self) -> pd.DataFrame:
        """C (``up``, ``down``), ``level``, and ``chance`` and ``usual`` of a fall, by date, as known then.

        Every session of the last year and every 25th before; a session costs some 0.02 s when it is asked
        for the first time. NaN and "" where nothing was computed.
        """
        fits = self.found.fits
        if fits is None:
            return pd.DataFrame(columns=["close", "up", "down", "level", "chance", "usual"])
        least = self.policy.minimum_windows
        past = confidence_past(fits, self.memory, above_calm=True, minimum_windows=least, prices=self.closes)
        found = past.assign(level=levels_past(fits, past, self.policy))
        chances = self._chances(past)
        if chances is not None:
            found = found.join(chances, how="outer")
        found["level"] = found["level"].fillna("") if self.level else ""
        return pd.concat([self.closes.reindex(found.index).rename("close"), found], axis=1)

    def plot(self) -> Figure:
        """Return the picture of the page: price with fits, C and the chance of a fall through time.

        Raises
        ------
        ValueError
            If the history is too short for windows.
        """
        fits, evidence = self.found.fits, self.row.evidence
        if fits is None or evidence is None or evidence.bubble is None:
            raise ValueError(f"prices must allow nested windows, got {len(self.closes)} closes")
        past = self.history.loc[self.history["up"].notna(), ["up", "down"]]
        return overview_picture(
            fits,
            past,
            evidence.bubble.critical_time,
            self.policy,
            title=f"{drawable(self.row.title, self.row.name)}, {evidence.data.last}",
            level=self.verdict.state if self.level else self.verdict.status.replace("_", " "),
            subtitle=confidence_line(evidence.bubble),
            chances=self._chances(past),
            fall=fall_in_words(evidence.falls),
            risk=self.risk or "",
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row with the columns of ``scan.csv``."""
        return _table([self.row])

    def to_dict(self) -> dict[str, Any]:
        """Return the series as ``scan.json`` has it."""
        return self.row.to_dict()

    def _chances(self, past: pd.DataFrame) -> pd.DataFrame | None:
        fits, evidence = self.found.fits, self.row.evidence
        if fits is None or evidence is None:
            return None
        return chances_past(fits, past, evidence.falls, _unless_unclassified(self.row.asset_class))

    def _repr_html_(self) -> str:
        return _shown([self.row], self.policy, f"{self.closes.index[-1]:%Y-%m-%d}")

    def __repr__(self) -> str:
        return f"Look({self.row.name!r}): {self.verdict.headline}"


@dataclass(frozen=True, eq=False)
class Scan(Mapping[str, Row]):
    """What `scanners.scan` found: a row a series, in the order in which they were given.

    Parameters
    ----------
    as_of : str
        ISO date, nothing after which was looked at.
    rows : tuple of scanners.verdict.row.Row
        A series that failed is a row too.
    policy : scanners.config.policy.Policy
        Thresholds.
    """

    as_of: str
    rows: tuple[Row, ...]
    policy: Policy = DEFAULT

    def __getitem__(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == name)

    def __iter__(self) -> Iterator[str]:
        return (row.name for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def summary(self) -> str:
        """What matters, in a sentence or two."""
        return morning(self.rows, self.policy)

    def to_frame(self) -> pd.DataFrame:
        """Return a row a series with the columns of ``scan.csv``, indexed by name."""
        return _table(self.rows)

    def _repr_html_(self) -> str:
        ordered = sorted(self.rows, key=rank)
        raised = [row for row in ordered if row.verdict.raised]
        shown = _table(ordered)[[*_SHOWN, "status"]].rename_axis(None)
        table = shown.to_html(border=0, na_rep="", float_format="{:.4g}".format)
        return _shown(raised[:CARDS], self.policy, self.as_of, self.summary, table)

    def __repr__(self) -> str:
        return f"Scan of {len(self)} series as of {self.as_of}: {self.summary}"


def _unless_unclassified(kind: AssetClass) -> AssetClass | None:
    return None if kind == UNCLASSIFIED else kind


def _table(rows: list[Row] | tuple[Row, ...]) -> pd.DataFrame:
    return pd.DataFrame([record(row, ()) for row in rows]).set_index("series")


def _shown(rows: list[Row], policy: Policy, as_of: str, summary: str = "", table: str = "") -> str:
    remembered = [
        Remembered(row.name, row.title, row.verdict.level, row.verdict.state, looks_of(row.trail))
        for row in rows
        if isinstance(row, JudgedRow)
    ]
    heat = {row.name: row for row in heat_map(remembered, as_of).rows}
    cards = [
        {
            "title": row.title,
            "card": card(row.evidence, row.verdict, policy.for_class(row.asset_class), row.trail),
            "line": strip(row.spark, heat.get(row.name), _a_week(row)),
            "why": row.verdict.reasons,
        }
        for row in rows
    ]
    return html.part("notebook.html", cards=cards, summary=summary, table=Markup(table))


def _a_week(row: Row) -> int:
    weekends = row.evidence is not None and row.evidence.data.frequency == "daily on 7 days"
    return 7 if weekends else 5
