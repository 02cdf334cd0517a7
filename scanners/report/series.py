"""What the folder of a run holds for one series; made in a worker process, from numbers alone."""

from scanners.evidence import Evidence, Workings
from scanners.outputs import picture_file
from scanners.report.pictures import encode, series_picture
from scanners.report.style import drawable
from scanners.verdict import Verdict, confidence_line


def series_files(
    name: str, title: str, evidence: Evidence, verdict: Verdict, workings: Workings
) -> dict[str, bytes]:
    """Return the files of one series by their place in the run's folder.

    Parameters
    ----------
    name, title : str
        As in the watchlist.
    evidence, verdict, workings
        Of the series.
    """
    if workings.fits is None:
        return {}
    figure = series_picture(
        workings.fits,
        evidence.bubble.critical_time,
        title=f"{drawable(title, name)}, {evidence.data.last}",
        level=verdict.level or verdict.status.replace("_", " "),
        subtitle=confidence_line(evidence.bubble),
    )
    return {picture_file(name): encode(figure)}
