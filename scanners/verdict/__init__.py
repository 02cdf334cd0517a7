"""Evidence and thresholds in, level and words out."""
