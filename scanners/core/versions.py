"""Versions of what the numbers come from."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = (
    "lppl-scanner",
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "joblib",
    "matplotlib",
    "statsmodels",
)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages behind a number."""
    return {"python": platform.python_version()} | {name: package_version(name) for name in _PACKAGES}


@cache  # read from a file of the package, and asked for several times a run
def package_version(package: str) -> str:
    """Return the installed version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "source tree"
