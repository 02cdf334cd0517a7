"""Critical slowing down: detrending, rolling indicators, tests of their trends."""
