"""Settings, their layers, secrets by reference, the workspace and its watchlists."""
