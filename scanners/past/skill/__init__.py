"""Skill: how often alarms were followed by what they warn of, against chance and against simpler rules."""
