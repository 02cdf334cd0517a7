"""LPPLS bubbles as a library: fits, windows, confidence and the uncertainty of the critical time."""

from importlib import import_module
from typing import Any

# Public name -> module: loaded at first use, so that ``import lppl`` stays light.
_HOME = {
    "BubbleStart": "lagrange",
    "Confidence": "confidence_indicator",
    "CriticalTime": "tc_density",
    "Filter": "presets",
    "Fit": "fitting",
    "LogPeriodicity": "lomb_periodogram",
    "PRESETS": "presets",
    "Preset": "presets",
    "QuantileFit": "quantile",
    "ResidualTests": "mean_reversion",
    "SearchSpace": "space",
    "Significance": "confidence_significance",
    "TcInterval": "tc_profile",
    "TcProfile": "tc_profile",
    "Trust": "trust_indicator",
    "WindowFits": "windows",
    "bubble_size": "size",
    "bubble_start": "lagrange",
    "confidence": "confidence_indicator",
    "confidence_history": "history",
    "critical_time": "profile_likelihood",
    "damping": "model",
    "datasets": "datasets",
    "fit": "fitting",
    "fit_antibubble": "antibubbles",
    "fit_windows": "windows",
    "hazard": "model",
    "log_periodicity": "lomb_periodogram",
    "log_periodogram": "lomb_periodogram",
    "log_price": "model",
    "null_paths": "null_models",
    "oscillations": "model",
    "plot": "plot",
    "quantile_fit": "quantile",
    "residual_tests": "mean_reversion",
    "significance": "confidence_significance",
    "simulate": "simulation",
    "trust": "trust_indicator",
    "turning_points": "epsilon_drawdown",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    return module if _HOME[name] == name else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
