"""A step of an episode where a test minds neither its words nor its numbers."""

from scanners.store import Standing, Step


def step(fingerprint, occurrence, sequence, state, event, at, level="watch", **more):
    body = Standing(
        series="gold",
        title="Gold",
        model="lppls",
        direction="positive",
        configuration="c0",
        opened="2024-01-02",
        session="2024-01-02",
        peak=level,
        level=level,
        **more,
    )
    return Step(fingerprint, occurrence, sequence, state, event, at, body)
