"""A user's signals as ``--signal module:function`` names them: one that looks ahead, one that does not."""

import numpy as np


def centred(prices):
    """A smoothed price: every value knows its future."""
    return prices.rolling(21, center=True, min_periods=1).mean().to_numpy()


def ranked(prices):
    """The rank of each close among all, later ones included."""
    return prices.rank().to_numpy()


def causal(prices):
    return prices.rolling(21).mean().to_numpy()


def short(prices):
    return np.zeros(3)


number = 3
