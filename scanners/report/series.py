"""What the folder of a run holds for one series; made in a worker process, from numbers alone."""

from collections.abc import Iterator

import lppl
from lppl.fitting.fitting import row
from scanners.config.policy import Policy
from scanners.core.file_names import drawing_file, picture_file
from scanners.evidence.bubble import Bubble, Fits
from scanners.evidence.gathering import Evidence, Workings
from scanners.evidence.trust import Trust
from scanners.report import html
from scanners.report.archive import series_page
from scanners.report.axes import HEADING, encode
from scanners.report.evidence_table import evidence_table
from scanners.report.panels import Panel, Shown, panels
from scanners.report.past import closes, confidence_past
from scanners.report.pictures import overview_picture
from scanners.report.publish import PLACE
from scanners.report.style import drawable
from scanners.report.svg import inline
from scanners.report.verdict_block import verdict_block
from scanners.verdict.judgement import Judgement, confidence_line

DEFAULT = Policy()
NULLS = 39  # refitted random walks behind the p-value of the log-periodicity of a bubble's alarm


def series_files(
    name: str,
    title: str,
    evidence: Evidence,
    verdict: Judgement,
    workings: Workings,
    *,
    policy: Policy = DEFAULT,
    trust: Trust | None = None,
) -> dict[str, bytes]:
    """Return the files of one series by their place in the run's folder: page, picture as PNG and SVG.

    Parameters
    ----------
    name, title : str
        As in the watchlist.
    evidence, verdict, workings
        Of the series; without fits there is nothing to draw.
    policy : Policy
        Thresholds of the series' asset class, to draw and to print.
    trust : Trust, optional
        Where it was computed.
    """
    fits, bubble = workings.fits, evidence.bubble
    if fits is None or bubble is None:
        return {}
    alarm = verdict.level in ("warning", "critical")
    past = confidence_past(fits, alarm=alarm, minimum_windows=policy.minimum_windows)
    picture = overview_picture(
        fits,
        past,
        bubble.critical_time,
        policy,
        title=f"{drawable(title, name)}, {evidence.data.last}",
        level=verdict.level or verdict.status.replace("_", " "),
        subtitle=confidence_line(bubble),
    )
    png, svg = encode(picture), encode(picture, ".svg")
    label = f"{title}: price with fits, density of tc, confidence through time"
    page = html.page(
        "series.html",
        neighbours=PLACE,
        title=title,
        last=evidence.data.last,
        label=verdict.level or verdict.status.replace("_", " "),
        style=verdict.level or "no-verdict",
        verdict_block=verdict_block(evidence, bubble, verdict, policy, trust),
        picture=inline(svg, label, crop=HEADING),
        panels=[
            (panel.title, panel.note, inline(encode(panel.figure, ".svg"), f"{title}: {panel.title}"))
            for panel in _panels(fits, bubble, workings, alarm)
        ],
        sections=evidence_table(evidence, policy, fits.preset, trust),
    )
    return {series_page(name): page.encode(), picture_file(name): png, drawing_file(name): svg}


def _panels(fits: Fits, bubble: Bubble, workings: Workings, alarm: bool) -> Iterator[Panel]:
    tested = None
    if alarm and fits.shown is not None:
        fit = row(fits.windows, fits.shown)
        tested = lppl.log_periodicity(fit, closes(fits), space=fits.preset.space, resamples=NULLS)
    return panels(Shown(fits, bubble.critical_time, tested, workings.measured))
