"""Where closes come from: one file a source."""
