"""From rows to episodes, messages and their delivery."""
