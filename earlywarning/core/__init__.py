"""What every room rests on: checked series, confidence levels, null paths, tables of results in notebooks."""
