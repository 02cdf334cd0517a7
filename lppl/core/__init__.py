"""What every room rests on: the formula, checked series, tables of results in notebooks."""
