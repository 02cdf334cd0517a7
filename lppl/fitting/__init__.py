"""From prices to the global minimum of a stated box."""
