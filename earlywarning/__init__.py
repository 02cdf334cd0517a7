"""Early-warning signals as a library: slowing down, phase portraits, explosive roots."""

from importlib import import_module
from typing import Any

# Public name -> module: loaded at first use, so that ``import earlywarning`` stays light.
_HOME: dict[str, str] = {
    "detrend": "detrending",
    "rolling_indicators": "indicators",
    "kendall_tau": "trend",
    "trend_test": "trend",
    "surrogates": "surrogate",
    "sensitivity": "sensitivity_map",
    "restoring_rate": "restoring",
    "rolling_multivariate": "multivariate",
    "adf": "explosive",
    "bootstrap_critical_values": "bootstrap",
    "bsadf": "explosive",
    "coupling": "coupled",
    "cycle_length": "cycles",
    "critical_values": "critical",
    "debt_limit": "debt_dynamics",
    "escape_time": "escape",
    "explosive_episodes": "dating",
    "gsadf": "explosive",
    "portrait": "phase_portrait",
    "sadf": "explosive",
    "time_varying": "feedback",
    "tipping_time": "tipping",
    "transitions": "kramers_moyal",
    "trend_channel": "trend_breaks",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    return module if _HOME[name] == name else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
