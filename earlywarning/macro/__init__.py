"""Feedback, coupling, debt, cycles and channels of macro systems."""
