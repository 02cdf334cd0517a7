"""Whether two sources of a series say the same."""
