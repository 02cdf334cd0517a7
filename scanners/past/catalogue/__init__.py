"""Turning points that people remember: a list to replay and to extend, never an input of a verdict."""
