"""LPPLS bubbles as a library: fits, windows, confidence and the uncertainty of the critical time."""

from importlib import import_module
from typing import Any

# Public name -> module: loaded at first use, so that ``import lppl`` stays light.
_HOME = {
    "BubbleStart": "diagnostics.lagrange",
    "Confidence": "indicators.confidence_indicator",
    "CriticalTime": "critical_times.tc_density",
    "Filter": "indicators.presets",
    "Fit": "fitting.fitting",
    "LogPeriodicity": "diagnostics.lomb_periodogram",
    "PRESETS": "indicators.presets",
    "Preset": "indicators.presets",
    "QuantileFit": "fitting.quantile",
    "ResidualTests": "diagnostics.mean_reversion",
    "SearchSpace": "fitting.space",
    "Significance": "indicators.confidence_significance",
    "TcInterval": "critical_times.tc_profile",
    "TcProfile": "critical_times.tc_profile",
    "Trust": "indicators.trust_indicator",
    "WindowFits": "fitting.windows",
    "bubble_size": "diagnostics.size",
    "bubble_start": "diagnostics.lagrange",
    "confidence": "indicators.confidence_indicator",
    "confidence_history": "indicators.history",
    "critical_time": "critical_times.profile_likelihood",
    "damping": "core.model",
    "datasets": "datasets",
    "fit": "fitting.fitting",
    "fit_antibubble": "fitting.antibubbles",
    "fit_windows": "fitting.windows",
    "hazard": "core.model",
    "log_periodicity": "diagnostics.lomb_periodogram",
    "log_periodogram": "diagnostics.lomb_periodogram",
    "log_price": "core.model",
    "null_paths": "indicators.null_models",
    "oscillations": "core.model",
    "plot": "plot",
    "quantile_fit": "fitting.quantile",
    "residual_tests": "diagnostics.mean_reversion",
    "significance": "indicators.confidence_significance",
    "simulate": "fitting.simulation",
    "trust": "indicators.trust_indicator",
    "turning_points": "diagnostics.epsilon_drawdown",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    return module if _HOME[name] == name else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
