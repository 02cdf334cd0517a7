"""The picture of one series looked at by itself."""

from scanners.report import axes, fonts, pictures
from scanners.scan.one_series import Look
from scanners.verdict.judgement import confidence_line


def picture(found: Look, suffix: str) -> bytes:
    """Return the picture of a look: the scan's when the window is the preset's own, else the fit alone."""
    bubble = found.evidence.bubble
    heading = {
        "title": f"{fonts.drawable(found.name, 'series')}, {found.evidence.data.last}",
        "level": found.verdict.state,
        "subtitle": confidence_line(bubble) if bubble else "Too little history for nested windows",
    }
    if found.asked or found.fits is None or bubble is None:
        figure = pictures.fit_picture(found.prices, found.fit, **heading)
    else:
        figure = pictures.series_picture(found.fits, bubble.critical_time, **heading)
    return axes.encode(figure, suffix)
