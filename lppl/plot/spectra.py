"""Pictures of log-periodicity: Lomb spectra in log-time."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from lppl.plot.style import CRITICAL, CURVE, FAINT, LEGEND, PRICE, new_axes

if TYPE_CHECKING:
    from lppl.diagnostics.lomb_periodogram import LogPeriodicity


def spectrum(
    frequencies: ArrayLike,
    power: ArrayLike,
    ax: Any = None,
    *,
    fitted: float | None = None,
    threshold: float | None = None,
) -> Any:
    """Draw a Lomb spectrum in log-time, with its highest peak.

    Parameters
    ----------
    frequencies, power : array_like, shape (k,)
        Angular log-frequencies and spectral power.
    ax : matplotlib.axes.Axes, optional
        Where to draw.
    fitted : float, optional
        The fit's omega, marked.
    threshold : float, optional
        Power that counts as significant, marked.
    """
    ax = new_axes(ax, height=3.6)
    frequencies, power = np.asarray(frequencies, dtype=float), np.asarray(power, dtype=float)
    if frequencies.ndim != 1 or frequencies.shape != power.shape or frequencies.size == 0:
        raise ValueError(
            f"frequencies and power must be equally long, got shapes {frequencies.shape} and {power.shape}"
        )
    top = int(np.argmax(power))
    ax.fill_between(frequencies, power, 0.0, color=FAINT, alpha=0.4, lw=0)
    ax.plot(frequencies, power, color=PRICE, lw=1.2)
    ax.plot(frequencies[top], power[top], "o", color=CURVE, label=f"peak at ω = {frequencies[top]:.2f}")
    if fitted is not None:
        ax.axvline(fitted, color=CRITICAL, ls="--", lw=1.2, label=f"fit's ω = {fitted:.2f}")
    if threshold is not None:
        ax.axhline(threshold, color=CURVE, ls=":", lw=1.2, label="significance")
    ax.set_ylim(bottom=0.0)
    ax.margins(x=0.0)
    ax.set_xlabel("angular log-frequency ω")
    ax.set_ylabel("Lomb power")
    ax.legend(loc="upper right", **LEGEND)
    return ax


def lomb(result: "LogPeriodicity", ax: Any = None) -> Any:
    """Draw the Lomb spectrum of a fit's log-periodicity, the null peaks' 95% quantile and the p-value."""
    threshold = float(np.nanquantile(result.null_peaks, 0.95))
    ax = spectrum(result.omega, result.power, ax, fitted=result.fit_omega, threshold=threshold)
    title = (
        f"peak reached by {100 * result.p_value:.3g}% of {result.null_peaks.size} null paths ({result.null})"
    )
    ax.set_title(title, fontsize="medium", loc="left")
    return ax
