"""Where prices come from: one module a source, one interface for all."""
