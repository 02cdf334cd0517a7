"""Many series in parallel, one series at once."""
