"""What has arrived is taken together, and nobody waits for more."""

import threading
import time

import pytest

from scanners.prices.batches import batches


def test_what_is_there_comes_at_once_and_what_is_late_alone():
    late = threading.Event()

    def items():
        yield from range(10)
        late.wait(10)
        yield 10

    taken = []
    for batch in batches(items(), most=4):
        time.sleep(0.05)  # the reader is ahead of who uses it
        taken.append(batch)
        if sum(map(len, taken)) == 10:
            late.set()
    assert [number for batch in taken for number in batch] == [*range(11)]
    assert max(map(len, taken)) == 4 and taken[-1] == [10]


def test_an_error_comes_after_what_was_before_it():
    def items():
        yield 1
        raise ValueError("broken")

    found = batches(items())
    assert next(found) == [1]
    with pytest.raises(ValueError, match="broken"):
        next(found)


def test_who_leaves_early_stops_the_reader():
    seen = []

    def items():
        for number in range(1000):
            seen.append(number)
            time.sleep(0.001)
            yield number

    for _ in batches(items()):
        break
    time.sleep(0.1)
    count = len(seen)
    time.sleep(0.05)
    assert len(seen) == count < 1000
