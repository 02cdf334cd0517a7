"""Run the command line as ``python -m scanners.cli``."""

from scanners.cli import main

main()
