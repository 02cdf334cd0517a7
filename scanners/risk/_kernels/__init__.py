"""Kernels: math, numpy and numba only; they assume clean input."""
