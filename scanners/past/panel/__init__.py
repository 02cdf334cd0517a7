"""Panels: passes over many series, paths without bubbles, what evidence adds, rules and their worth."""
