"""Compiled arithmetic: math, numpy and numba only. Inputs are clean; each file says what it assumes."""
