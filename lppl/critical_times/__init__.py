"""How well the critical time is known."""
