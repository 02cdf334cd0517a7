"""The gate: what is wrong with bars, before any fit."""
