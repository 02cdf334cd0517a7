"""Explosive roots after Phillips, Shi & Yu."""
