"""The track record of chances: what was stated, what came, and how the one stands to the other."""
