"""Price files of the user's: how their cells, columns and text are read."""
