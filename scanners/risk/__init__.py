"""Calibrated chances of a fall from volatility and trend, with what the bubble shape adds for 60 sessions."""

from scanners.risk.coefficients import Models, shipped
from scanners.risk.forecast import fall_risk
from scanners.risk.result import FallRisk
from scanners.risk.state import Rules, level, risk
from scanners.risk.through_time import history

__all__ = ["FallRisk", "Models", "Rules", "fall_risk", "history", "level", "risk", "shipped"]
