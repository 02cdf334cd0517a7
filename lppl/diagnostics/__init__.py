"""Where a bubble starts, what its residuals and its log-periodicity say, turning points, size."""
