"""What a worker draws of one series, from numbers alone: its picture, and the drawings of its page."""

from threading import Lock

import msgspec
import pandas as pd

import lppl
from lppl.fitting.fitting import row
from scanners.config.policy import Policy
from scanners.core.file_names import drawing_file, phone_file, picture_file
from scanners.core.vocabulary import is_risen
from scanners.evidence.bubble import Bubble
from scanners.evidence.gathering import Evidence, Workings
from scanners.evidence.series_fits import Fits
from scanners.report.axes import HEADING, encode
from scanners.report.card import fall_in_words
from scanners.report.fonts import drawable
from scanners.report.panels import Shown, panels
from scanners.report.past import chances_past, closes, confidence_past
from scanners.report.phone_picture import DPI, phone_picture
from scanners.report.pictures import overview_picture
from scanners.report.price_chart import Chart, chart_of
from scanners.report.sheets import sheet_file
from scanners.report.svg import inline
from scanners.verdict.appraisal import Appraisal, Refusal
from scanners.verdict.draft import Draft
from scanners.verdict.headline import STRETCHED, is_stretched
from scanners.verdict.judgement import confidence_line

NULLS = 39  # refitted random walks behind the p-value of the log-periodicity of a bubble's alarm
_DRAWING = Lock()  # one series at a time: styles are those of the process


class Sheet(msgspec.Struct, frozen=True):
    """The drawings of a page, as SVG to stand in HTML.

    Attributes
    ----------
    picture : str
        Price with fits and density of tc; confidence and chance of a fall through time.
    panels : tuple of (str, str, str)
        Title, note and drawing.
    chart : Chart or None
        What the moving chart of the page is drawn from.
    """

    picture: str
    panels: tuple[tuple[str, str, str], ...]
    chart: Chart | None = None


def series_files(
    draft: Draft, found: Appraisal | Refusal, workings: Workings, policy: Policy
) -> dict[str, bytes]:
    """Return the files of one series by their place in the run's folder: its picture, and its sheet.

    Parameters
    ----------
    draft : Draft
        Without fits there is nothing to draw.
    found : Appraisal or Refusal
        Of the series; its level colours the picture.
    workings : Workings
        Results of the libraries.
    policy : Policy
        Thresholds of the series' asset class.
    """
    fits, evidence = workings.fits, draft.found
    if fits is None or not isinstance(evidence, Evidence) or evidence.bubble is None:
        return {}
    past = confidence_past(
        fits,
        workings.memory,
        above_calm=found.level not in (None, "calm"),
        minimum_windows=policy.minimum_windows,
        prices=workings.prices,
    )
    chances = chances_past(fits, past, evidence.falls, draft.asset_class)
    alarm = found.level in ("warning", "critical")
    tested = _tested(fits) if alarm else None
    with _DRAWING:
        pictures = _pictures(draft, evidence, evidence.bubble, found, fits, policy, past, chances)
        shown = Shown(fits, evidence.bubble.critical_time, tested, workings.measured)
        small = [(each, encode(each.figure, ".svg")) for each in panels(shown)]
    label = f"{draft.title}: price with fits and density of tc, confidence, chance of a fall through time"
    sheet = Sheet(
        picture=str(inline(pictures[drawing_file(draft.name)], label, crop=HEADING)),
        panels=tuple(
            (each.title, each.note, str(inline(svg, f"{draft.title}: {each.title}"))) for each, svg in small
        ),
        chart=chart_of(
            fits,
            past,
            evidence.bubble.critical_time,
            None if isinstance(found, Refusal) else policy,
            chances=chances,
            fall=fall_in_words(evidence.falls),
        ),
    )
    return {sheet_file(draft.name): msgspec.json.encode(sheet), **pictures}


def _pictures(
    draft: Draft,
    evidence: Evidence,
    bubble: Bubble,
    found: Appraisal | Refusal,
    fits: Fits,
    policy: Policy,
    past: pd.DataFrame,
    chances: pd.DataFrame | None,
) -> dict[str, bytes]:
    """Return the picture of a series, and that of a phone where a mail shows it, by their place."""
    picture = overview_picture(
        fits,
        past,
        bubble.critical_time,
        policy,
        title=f"{drawable(draft.title, draft.name)}, {evidence.data.last}",
        level=_state(found, policy),
        subtitle=confidence_line(bubble),
        chances=chances,
        fall=fall_in_words(evidence.falls),
        risk=found.risk or "",
    )
    files = {
        picture_file(draft.name): encode(picture),
        drawing_file(draft.name): encode(picture, ".svg"),
    }
    if found.level not in (None, "calm") or is_risen(found.risk):
        phone = phone_picture(fits, past, bubble.critical_time, policy)
        files[phone_file(draft.name)] = encode(phone, dpi=DPI)
    return files


def _state(found: Appraisal | Refusal, policy: Policy) -> str:
    if isinstance(found, Refusal):
        return found.state
    return STRETCHED if found.level == "calm" and is_stretched(found.momentum, policy) else found.level


def _tested(fits: Fits) -> lppl.LogPeriodicity | None:
    """Return the test of the log-periodicity of the fit that is shown."""
    if fits.shown is None:
        return None
    fit = row(fits.windows, fits.shown)
    return lppl.log_periodicity(fit, closes(fits), space=fits.preset.space, resamples=NULLS)
