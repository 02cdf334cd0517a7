"""Indicators that read the periodogram or the fluctuations of a window; they need every value of it."""

from collections.abc import Iterator

import numpy as np

from earlywarning._kernels import rolling as _kernels_rolling

# Periods longer than this many observations count as slow.
SLOW_PERIOD = 20
MIN_WINDOW = 64  # three octaves of boxes, and a few slow frequencies
_SMALLEST_BOX = 8
_SCALES = 10
_WINDOWS_AT_ONCE = 1 << 18  # values held while transforming, about 4 MB of spectra


def _periodograms(x: np.ndarray, window: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (first row, power at the positive frequencies) for batches of windows, mean removed."""
    from scipy.fft import rfft

    windows = np.lib.stride_tricks.sliding_window_view(x, window)
    step = max(1, _WINDOWS_AT_ONCE // window)
    for start in range(0, len(windows), step):
        batch = windows[start : start + step]
        # About its own first value a constant window is exactly zero, whatever its level.
        spectrum = rfft(batch - batch[:, :1], axis=1)[:, 1:]
        yield start, spectrum.real**2 + spectrum.imag**2


def rolling_low_frequency_ratio(x: np.ndarray, window: int) -> np.ndarray:
    """Share of a window's variance at periods above ``SLOW_PERIOD`` observations."""
    out = np.full(x.size, np.nan)
    frequency = np.fft.rfftfreq(window)[1:]
    weight = np.where(frequency == 0.5, 0.5, 1.0)  # the last line of an even window has no twin
    slow = frequency < 1 / SLOW_PERIOD
    for start, power in _periodograms(x, window):
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = power[:, slow].sum(axis=1) / (power @ weight)
        out[start + window - 1 : start + window - 1 + len(ratio)] = ratio
    return out


def rolling_spectral_exponent(x: np.ndarray, window: int) -> np.ndarray:
    """Return ``beta`` of ``S(f) ~ f**-beta``, least squares on the log periodogram at f up to 0.1."""
    out = np.full(x.size, np.nan)
    frequency = np.fft.rfftfreq(window)[1:]
    use = frequency <= 0.1
    log_frequency = np.log(frequency[use])
    log_frequency -= log_frequency.mean()
    slope = -log_frequency / (log_frequency @ log_frequency)
    for start, power in _periodograms(x, window):
        with np.errstate(invalid="ignore", divide="ignore"):
            exponent = np.log(power[:, use]) @ slope
        out[start + window - 1 : start + window - 1 + len(exponent)] = np.where(
            np.isfinite(exponent), exponent, np.nan
        )
    return out


def rolling_dfa(x: np.ndarray, window: int) -> np.ndarray:
    """Exponent of first-order detrended fluctuation analysis, boxes from 8 values to a quarter window."""
    sizes = np.unique(np.geomspace(_SMALLEST_BOX, window // 4, _SCALES).astype(int))
    log_size = np.log(sizes) - np.log(sizes).mean()
    slope = log_size / (log_size @ log_size)
    out = np.zeros(x.size)
    fluctuation = np.empty(x.size)
    for size, weight in zip(sizes, slope, strict=True):
        _kernels_rolling.box_fluctuation(x, window, size, fluctuation)
        with np.errstate(divide="ignore", invalid="ignore"):
            out += 0.5 * weight * np.log(fluctuation)
    return np.where(np.isfinite(out), out, np.nan)
