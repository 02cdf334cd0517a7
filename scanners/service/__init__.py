"""One day from end to end."""
