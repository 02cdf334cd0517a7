"""The macro systems behind the bubbles: named monitors, each an estimate with an interval and a date."""
