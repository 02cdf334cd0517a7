"""One file a subject: functions of a shelf of series, inputs and options that return an outcome."""
