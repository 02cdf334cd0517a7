"""Broken price files as vendors dress them: lines around and between bars, no header, labels for a header.

What is added says nothing: `mutated_files.said` of the same text is what must be read.
"""

import random
from dataclasses import replace
from datetime import date, timedelta

from mutated_files import DAYS, Written, _broken, written

METATRADER = ("date", "time", "open", "high", "low", "close", "volume")
SUMS = ("Total", "Average", "平均值")


def dressed(seed: int) -> Written:
    """Return a file of 15 to 60 bars, broken in none to three places, in one of six dresses."""
    rng = random.Random(f"dress {seed}")
    kind = rng.randrange(6)
    if kind == 0:
        file = _metatrader(rng)
        return replace(file, content=file.text.partition("\n")[2].encode())
    file = written(seed)
    head, _, body = file.text.partition("\n")
    if kind == 1 and file.names == ("date", "close"):
        labels = (("指标名称", "x"), ("频率", "日"), ("单位", "元"))
        head = "\n".join(file.delimiter.join(pair) for pair in labels)
    elif kind == 2:
        lines = body.split("\n")
        lines.insert(rng.randrange(len(lines) // 2, len(lines)), head)
        body = "\n".join(lines)
    elif kind == 3:
        cells = [rng.choice(SUMS) if name.lower() in DAYS else "12" for name in file.names]
        body += "\n" * (not body.endswith("\n")) + file.delimiter.join(cells) + "\n"
    elif kind == 4:
        body += "\n" * (not body.endswith("\n")) + "数据来源：东方财富Choice数据\n"
    encoding = rng.choice(("utf-16-le", "utf-16-be")) if kind == 5 else "utf-8"
    return replace(file, content=f"{head}\n{body}".encode(encoding))


def _metatrader(rng: random.Random) -> Written:
    day, last, rows = date(rng.randint(1990, 2025), 1, 1), 100 * rng.random() + 1, []
    for _ in range(rng.randint(15, 60)):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
        first = last * (1 + rng.gauss(0, 0.001))
        last = first * (1 + rng.gauss(0, 0.01))
        high, low = max(first, last) * 1.01, min(first, last) * 0.99
        numbers = ",".join(f"{number:.4f}" for number in (first, high, low, last))
        rows.append(f"{day:%Y.%m.%d},00:00,{numbers},{rng.randint(1, 9999)}")
    text = "\n".join([",".join(METATRADER), *rows, ""])
    for _ in range(rng.choice((0, 1, 1, 2))):
        text = _broken(text, rng)
    return Written(text.encode(), text, ",", "%Y.%m.%d", ".", METATRADER)
