"""What a system's TOML file may say, and its loading."""

import difflib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from scanners.core import toml
from scanners.core.errors import CommandError
from scanners.core.vocabulary import Level
from scanners.systems.sources import Name, Source, builtin

BUILTIN = ("us", "china", "japan", "coupling", "narrative", "dollar")
FOLDER = Path("systems")  # of the user's own, in the workspace
EVENTS = "events"  # the file of dated events, no system
How = Literal[
    "as_is",
    "difference",
    "ratio",
    "percent_a_year",
    "primary_balance",
    "cross",
    "session_earlier",
    "extended",
    "deflator",
    "deflator_to_date",
    "bond",
    "basket",
    "revision",
    "real_gap",
]
# How many series each recipe is made of.
_PARTS: dict[str, tuple[int, ...]] = {
    "as_is": (1,),
    "difference": (2,),
    "ratio": (2,),
    "percent_a_year": (1,),
    "primary_balance": (4,),
    "cross": (2,),
    "session_earlier": (1,),
    "extended": (2, 3),
    "deflator": (2,),
    "deflator_to_date": (2,),
    "bond": (1, 2),
    "basket": (2, 3, 4, 5, 6),
    "revision": (1,),
    "real_gap": (4,),
}


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Immutable, unknown keys refused."""


class Recipe(_Strict, frozen=True, kw_only=True):
    """One way to make a series: of which others, and how.

    Attributes
    ----------
    of : tuple of str
    how : str
    scale : float
        What a ratio is multiplied by, for parts of different units.
    years : int
        Maturity of a bond.
    days : int
        After which a figure is compared with its first version, for a revision.
    """

    of: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    how: How = "as_is"
    scale: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    years: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    days: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 70

    def __post_init__(self) -> None:
        needed = _PARTS[self.how]
        if len(self.of) not in needed:
            listed = " or ".join(map(str, needed))
            raise ValueError(f"of must name {listed} series for {self.how}, got {len(self.of)}")
        if (self.how == "bond") != (self.years > 0):
            raise ValueError(f"years must be given for a bond and for nothing else, got {self.years}")


class Derived(_Strict, frozen=True, kw_only=True):
    """A series of this system: the first recipe whose series are there."""

    name: Name
    title: str
    recipe: Annotated[tuple[Recipe, ...], msgspec.Meta(min_length=1)]


class Monitor(_Strict, frozen=True, kw_only=True):
    """One monitor of a system.

    Attributes
    ----------
    name, title : str
    kind : str
        As in `scanners.systems.registry`.
    inputs : dict
        What the kind asks for -> series of the catalogue, of ``source`` or of ``series``.
    options : dict
        Of the kind.
    claim : str
        What the thesis says, as a sentence that can be wrong.
    claimed : tuple of str
        States that agree with it; other identified states contradict it.
    neither : tuple of str
        States that speak neither for the claim nor against it.
    regions : dict of str to str
        State -> ``negative feedback``, ``positive feedback`` or ``changing``, where the kind does not say so
        itself.
    alert : dict of str to str
        State -> level of its episodes, for a lead monitor; without it a claimed state is worth a ``watch``.
    read : str
        How to read the figure.
    role : {"monitor", "reference"}
        A reference is history: its series never gets new figures, it leads nothing and counts for no claim.
    fold : bool
        Whether the page keeps it behind a fold.
    power : str
        How often the effect of the claim would be found, where the kind does not simulate it itself.
    """

    name: Name
    title: str
    kind: str
    inputs: dict[str, str | tuple[str, ...]]
    options: dict[str, Any] = {}
    claim: str = ""
    claimed: tuple[str, ...] = ()
    neither: tuple[str, ...] = ()
    regions: dict[str, Literal["negative feedback", "positive feedback", "changing"]] = {}
    alert: dict[str, Level] = {}
    read: str = ""
    role: Literal["monitor", "reference"] = "monitor"
    fold: bool = False
    power: str = ""


class System(_Strict, frozen=True, kw_only=True):
    """A system: its series, its monitors, and the monitor that says which region it is in."""

    name: str = ""
    title: str
    about: str
    lead: Name | None = None
    source: tuple[Source, ...] = ()
    series: tuple[Derived, ...] = ()
    monitor: Annotated[tuple[Monitor, ...], msgspec.Meta(min_length=1)]

    def sources(self) -> dict[str, Source]:
        """Return the catalogue with this system's own additions."""
        return builtin() | {source.name: source for source in self.source}

    def derived(self) -> dict[str, Derived]:
        """Return the derived series by name."""
        return {one.name: one for one in self.series}

    def needed(self) -> list[str]:
        """Return the names of the catalogue series that the monitors may read, sorted."""
        derived, names = self.derived(), set()
        for monitor in self.monitor:
            for value in monitor.inputs.values():
                for name in (value,) if isinstance(value, str) else value:
                    recipes = derived[name].recipe if name in derived else ()
                    names |= {part for recipe in recipes for part in recipe.of} if recipes else {name}
        return sorted(names)


def names() -> list[str]:
    """Return the built-in systems, then the user's own in ``systems/`` of the workspace."""
    own = sorted(path.stem for path in FOLDER.glob("*.toml")) if FOLDER.is_dir() else []
    own = [name for name in own if name != EVENTS]
    return [*BUILTIN, *(name for name in own if name not in BUILTIN)]


def load(name: str) -> System:
    """Load a system by name, or a TOML file by path; a file of the workspace comes before a built-in one.

    Raises
    ------
    CommandError
        If there is none, or the file breaks a rule; an unknown key or name comes with the nearest known one.
    """
    own = FOLDER / f"{name}.toml"
    if name.endswith(".toml"):
        source: Any = Path(name)
    elif own.is_file():
        source = own
    elif name in BUILTIN:
        source = files("scanners.systems").joinpath(f"{name}.toml")
    else:
        raise CommandError(f"unknown system {name!r}: {_nearest(name, names())}, or name a TOML file")
    ours = not isinstance(source, Path)
    raw = toml.parse(source.read_text("utf-8"), source.name) if ours else toml.read(source)
    found = checked(raw, System, str(source))
    found = found if found.name else msgspec.structs.replace(found, name=Path(source.name).stem)
    _check_names(found, str(source))
    return found


_type_info = cache(msgspec.inspect.type_info)


def checked(raw: Any, kind: type, place: str) -> Any:
    """Convert plain values to a struct, or name what is wrong and the nearest known key.

    Raises
    ------
    CommandError
    """
    _refuse_unknown(raw, _type_info(kind), place)
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise CommandError(f"{place}: {error}") from None


def _refuse_unknown(value: Any, info: Any, place: str) -> None:
    inner = info.type if isinstance(info, msgspec.inspect.Metadata) else info
    if isinstance(inner, msgspec.inspect.VarTupleType) and isinstance(value, list | tuple):
        for number, item in enumerate(value, 1):
            _refuse_unknown(item, inner.item_type, f"{place} [{number}]")
    if isinstance(inner, msgspec.inspect.StructType) and isinstance(value, Mapping):
        known = {part.encode_name: part.type for part in inner.fields}
        for key, item in value.items():
            if key not in known:
                raise CommandError(f"{place}: unknown key {key}: {_nearest(key, list(known))}")
            _refuse_unknown(item, known[key], f"{place}: {key}")


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"


def _check_names(system: System, place: str) -> None:
    from scanners.systems.registry import KINDS, kind_of, kinds

    known = [*system.sources(), *system.derived()]
    named = [one.name for one in system.monitor]
    for twice in (name for name in named if named.count(name) > 1):
        raise CommandError(f"{place}: the monitor {twice!r} must stand once")
    if system.lead is not None and system.lead not in named:
        raise CommandError(f"{place}: lead must be a monitor: {_nearest(system.lead, named)}")
    for derived in system.series:
        for part in (part for recipe in derived.recipe for part in recipe.of):
            if part not in system.sources():
                raise CommandError(
                    f"{place}: series {derived.name}: no source {part!r}: "
                    f"{_nearest(part, list(system.sources()))}"
                )
    for monitor in system.monitor:
        where = f"{place}: monitor {monitor.name}"
        if monitor.kind not in KINDS and monitor.kind not in (
            every := kinds()
        ):  # plug-ins: a search of all packages
            raise CommandError(f"{where}: no kind {monitor.kind!r}: {_nearest(monitor.kind, list(every))}")
        kind = kind_of(monitor.kind)
        checked(monitor.options, kind.options, f"{where} ({monitor.kind}): options")
        for key in monitor.inputs:
            if key not in (*kind.required, *kind.optional):
                known_keys = [*kind.required, *kind.optional]
                raise CommandError(f"{where}: unknown input {key}: {_nearest(key, known_keys)}")
        for key in kind.required:
            if key not in monitor.inputs:
                raise CommandError(f"{where}: input {key} must be given")
        for value in monitor.inputs.values():
            for name in (value,) if isinstance(value, str) else value:
                if name not in known:
                    raise CommandError(f"{where}: no series {name!r}: {_nearest(name, known)}")
