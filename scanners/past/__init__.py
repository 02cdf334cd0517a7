"""The past as it was known: evidence history, replay, catalogue of turning points, skill, panels, rules."""
