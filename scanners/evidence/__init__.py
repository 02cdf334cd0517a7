"""Numbers of one series at one date, no judgement."""
