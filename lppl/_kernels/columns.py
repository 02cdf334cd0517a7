"""Columns of a window's result row, shared by the kernels that fill it."""

SSE, TC, M, OMEGA, A, B, C1, C2, SECOND, CONVERGED, EVALUATIONS, MAX_ERROR, MAX_RELATIVE = range(13)
COLUMNS = 13
