"""Early-warning signals as a library: slowing down, phase portraits, explosive roots."""

from importlib import import_module
from typing import Any

# Public name -> module: loaded at first use, so that ``import earlywarning`` stays light.
_HOME: dict[str, str] = {
    "detrend": "slowing.detrending",
    "rolling_indicators": "slowing.indicators",
    "kendall_tau": "slowing.trend",
    "trend_test": "slowing.trend",
    "surrogates": "slowing.surrogate",
    "sensitivity": "slowing.sensitivity_map",
    "restoring_rate": "slowing.restoring",
    "rolling_multivariate": "slowing.multivariate",
    "adf": "explosive.statistics",
    "bootstrap_critical_values": "explosive.bootstrap",
    "bsadf": "explosive.statistics",
    "coupling": "macro.coupled",
    "cycle_length": "macro.cycles",
    "critical_values": "explosive.critical",
    "debt_limit": "macro.debt_dynamics",
    "escape_time": "phase.escape",
    "explosive_episodes": "explosive.dating",
    "gsadf": "explosive.statistics",
    "portrait": "phase.phase_portrait",
    "sadf": "explosive.statistics",
    "time_varying": "macro.feedback",
    "tipping_time": "phase.tipping",
    "transitions": "phase.kramers_moyal",
    "trend_channel": "macro.trend_breaks",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    return module if _HOME[name] == name else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
