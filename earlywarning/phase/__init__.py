"""The phase portrait: drift, fixed points, escape, time to a fold."""
