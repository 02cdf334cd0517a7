"""The point-in-time store: one SQLite file with bars as they were known, runs, episodes and the outbox."""

import lazy_loader

# The stub beside this file names what is public: editors and type checkers read it, and here each name loads
# at first use, so that ``import scanners.store`` stays light.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
