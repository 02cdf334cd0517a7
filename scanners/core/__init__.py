"""What every room rests on: errors, words, file names, files of a run, deadlines, worker processes."""
