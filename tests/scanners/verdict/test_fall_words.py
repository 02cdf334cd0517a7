"""What is said of a chance of a fall."""

import pytest

from scanners.evidence.falls import FallChance
from scanners.verdict.fall_words import moved


@pytest.mark.parametrize(
    ("ratios", "said"),
    [
        ((1.9, 0.953, 1.04, 1.0), "raised by volatility (×1.9)"),  # a factor that reads ×1.0 moves nothing
        (
            (0.947, 0.6, 1.06, 1.0),
            "raised by the bubble shape (×1.1), lowered by the trend (×0.6) and volatility (×0.9)",
        ),
        ((1.04, 0.96, 1.0, 1.0), "nothing moves the odds by much"),
    ],
)
def test_what_moves_the_odds_is_told_where_it_reads_as_another_factor_than_one(ratios, said):
    assert moved(FallChance("20", 120, 0.2, 0.1, 0.1, 0.3, *ratios)) == said
