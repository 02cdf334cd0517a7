"""A shelf of series in memory, for monitors on invented series."""

from scanners.systems.shelf import Shelf
from scanners.systems.sources import Source


class Given(Shelf):
    """Series by name; ``describe(name, values)`` returns the kind and the frequency of each."""

    def __init__(self, as_of, describe, **series):
        sources = {}
        for name, values in series.items():
            kind, frequency = describe(name, values)
            sources[name] = Source(name=name, title=name, kind=kind, frequency=frequency)
        super().__init__(as_of, sources)
        self._read = {name: values.rename(name) for name, values in series.items()}
