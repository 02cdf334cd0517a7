"""Horizons in words: months only where sessions make such."""

import pytest

from scanners.evidence.falls import FallChance, Falls
from scanners.report.card import fall_in_words
from scanners.verdict.fall_words import chance_lines, span_of, usual_line


@pytest.mark.parametrize("by_month", [True, False])
def test_sessions_of_all_days_of_the_week_are_called_no_months(by_month):
    cells = [FallChance("10", each, 0.3, 0.2, 0.2, 0.4, 1.5, 1.0, 1.1, 1.0) for each in (20, 60, 120, 250)]
    falls = Falls("ok", "", "1", tuple(cells), ("10", 60), ("10", 120), by_month=by_month)
    said = " ".join([span_of(120, falls), usual_line(falls), *chance_lines(falls), fall_in_words(falls)])
    if by_month:
        assert (
            "within six months" in said
            and "within three months (60 sessions)" in said
            and "in 12 months" in said
        )
        assert "within 3 months" in said
    else:
        assert "month" not in said
        assert "A fall of 10% within 60 sessions has" in said and "in 250 sessions" in said
