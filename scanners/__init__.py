"""The application: prices, scans, verdicts, alerts and pages around the two libraries."""
