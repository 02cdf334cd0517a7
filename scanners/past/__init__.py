"""The past as it was known: evidence at dates of a panel, rules for levels, and what followed."""
