"""Records of nested dataclasses."""

from dataclasses import asdict, dataclass

import numpy as np

from scanners.core.as_fields import as_fields


@dataclass(frozen=True)
class Inner:
    span: tuple[float, float] | None
    names: list[str]


@dataclass(frozen=True)
class Outer:
    inner: Inner
    many: tuple[Inner, ...]
    table: dict[str, Inner]
    share: float
    number: float


def test_fields_are_those_of_asdict():
    inner = Inner((1.0, 2.0), ["a"])
    value = Outer(inner, (inner, Inner(None, [])), {"x": inner}, 0.5, np.float64(2.0))
    got = as_fields(value)
    assert got == asdict(value)
    assert list(got) == list(asdict(value))
    assert type(got["many"]) is tuple
    got["inner"]["names"].append("b")
    assert inner.names == ["a"]
