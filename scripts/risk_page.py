"""Write the measured part of docs/risk.md from the record; a test holds the page to it.

python scripts/risk_page.py
"""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE, RECORD = ROOT / "docs" / "risk.md", ROOT / "scanners" / "risk" / "record.json"
ERA = ("inside", "fitted", "inside_later")
AGES = ("1.5s_60", "10_60", "1.5s_20")
BEGIN, END = "<!-- measured: scripts/risk_page.py -->\n", "<!-- /measured -->\n"
TITLES = {
    "5_20": "5% in 20",
    "10_60": "10% in 60",
    "20_120": "20% in 120",
    "30_250": "30% in 250",
    "1.5s_60": "1.5 sigma in 60",
}
REFERENCES = {
    "own": "own rate",
    "block_own": "block rate",
    "usual": "*usual*",
    "calm": "volatility alone",
}
BANDS = ("0-.02", ".02-.05", ".05-.1", ".1-.2", ".2-.3", ".3-.4", ".4 and more")


def write(page, record):
    """Put the figures of a record into a page, between its marks."""
    text = page.read_text("utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text(f"{before}{BEGIN}{measured(record)}{END}{after}", encoding="utf-8")


def measured(record):
    """Return the measured part of the page as markdown."""
    parts = (
        *_skill(record),
        *_tenths(record),
        *_confidence(record),
        *_rules(record),
        *_left_out(record),
        *_parts(record),
        *_eras(record),
    )
    return "\n" + "\n\n".join(parts) + "\n\n"


def _f(value, digits=3):
    said = f"{value:.{digits}f}"
    return said.replace("0.", ".", 1) if said.lstrip("-").startswith("0.") else said


def _interval(three, digits=3):
    value, low, high = three
    return f"{_f(value, digits)} [{_f(low, digits)}, {_f(high, digits)}]"


def _percent(three):
    value, low, high = three
    return f"{value:+.2%} [{low:+.2%}, {high:+.2%}]"


def _table(head, rows):
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join("| " + " | ".join(str(one) for one in line) + " |" for line in lines)


def _skill(record):
    yield (
        f"{record['series']} development series, {record['looks']:,} looks (every 21st session, 1950 to "
        "2019), each stated by the model of its own year. Intervals are 95% by a bootstrap of calendar "
        "half-years."
    )
    yield (
        "The *own rate* is how often the fall had followed in the series by the date, one year of looks of "
        "the panel's rate included. The *block rate* is what was known at the start of the five years of the "
        "look (1950, 1955, ...), two years of looks of the panel's rate included: it is older, so it is "
        "easier to beat. The choice of rate moves the skill more than any choice of model did."
    )
    yield _table(
        ("fall", "base", *(f"Brier skill over {part}" for part in REFERENCES.values())),
        [
            (TITLES[name], _f(one["base"]), *(_interval(one[part]) for part in REFERENCES))
            for name, one in record["skill"].items()
        ],
    )
    yield _table(
        ("fall", "area", "area within series", "observed / expected", "worst tenth off by"),
        [
            (
                TITLES[name],
                *(_f(one[part]) for part in ("area", "area_within")),
                _interval(one["ratio"], 2),
                _f(max(abs(said - came) for said, came in record["tenths"][name])),
            )
            for name, one in record["skill"].items()
        ],
    )


def _tenths(record):
    yield "Stated and followed, by tenths of the forecasts from the lowest:"
    yield _table(
        ("fall", *range(1, 11)),
        [
            (TITLES[name], *(f"{_f(said, 2)} {_f(came, 2)}" for said, came in pairs))
            for name, pairs in record["tenths"].items()
        ],
    )


def _bands(found):
    for name in ("1.5s_60", "10_60"):
        for said in ("without", "with"):
            yield (f"{TITLES[name]}, {said} C", *(_interval(three, 2) for three in found[name][said]))


def _confidence(record):
    yield "Observed over expected by C:"
    yield _table(("fall", *BANDS), _bands(record["confidence"]))
    yield "How long it lasts: observed over expected from volatility and trend, without the factor."
    yield _table(
        ("C now and before", "looks", *(TITLES.get(name, "1.5 sigma in 20") for name in AGES)),
        [
            (words, one["looks"], *(_interval(one[name], 2) for name in AGES))
            for words, one in record["ages"].items()
        ],
    )
    gains = record["log_gain"]
    yield "What C adds to the log score: " + "; ".join(
        f"{TITLES[name]} sessions {_percent(three)}" for name, three in gains.items()
    ) + "."  # fmt: skip


def _rules(record):
    yield "What followed when a rule held (share, and times the base rate):"
    rows = []
    for name, one in record["rules"].items():
        cells = [
            f"{_f(one[cell]['stated'], 2)}, {_interval(one[cell]['followed'], 2)}; "
            f"x {_interval(one[cell]['times_base'], 2)}"
            for cell in ("10_60", "20_120", "1.5s_60")
        ]
        rows.append((name, f"{one['looks']} ({_f(one['a_year'], 2)} a year)", *cells))
    yield _table(("rule", "looks", "10% in 60: stated, followed", "20% in 120", "1.5 sigma in 60"), rows)


def _left_out(record):
    found = record["half_years"]
    middle, low, high = found["k"]
    yield "### Half-years left out"
    yield (
        "The model is fitted to all other half-years, before and after, without the two on either side of "
        f"the one that is scored. Here k has no prior: it is {_f(middle, 2)}, {_f(low, 2)} to {_f(high, 2)}."
    )
    yield _table(
        ("fall", "skill over own rate", "area within series", "observed / expected", "worst tenth off by"),
        [
            (
                TITLES[name],
                _interval(one["own"]),
                _f(one["area_within"]),
                _interval(one["ratio"], 2),
                _f(max(abs(said - came) for said, came in found["tenths"][name])),
            )
            for name, one in found["skill"].items()
        ],
    )  # fmt: skip
    yield _table(("observed / expected", *BANDS), _bands(found["confidence"]))
    yield "What C adds to the log score: " + "; ".join(
        f"{TITLES[name]} sessions {_percent(three)}" for name, three in found["log_gain"].items()
    ) + "."  # fmt: skip
    yield "### Asset classes left out of the fit"
    yield from _groups(record["classes_left_out"])


def _groups(found):
    yield _table(
        ("looks of", "number", *(part for name in TITLES for part in (TITLES[name], "o / e"))),
        [
            (
                group,
                one["looks"],
                *(
                    text
                    for name in TITLES
                    for text in (
                        (_interval(one[name]["own"], 2), _interval(one[name]["ratio"], 2))
                        if name in one
                        else ("", "")
                    )
                ),
            )
            for group, one in found.items()
        ],
    )


def _parts(record):
    yield "### By asset class and by decade, walking forward"
    yield "Brier skill over the own rate, and observed over expected."
    yield from _groups({**record["kinds"], **record["decades"]})


def _eras(record):
    yield "### Intervals"
    yield (
        "The half width of an 80% interval is that within which four of five decades of an asset class lay, "
        "in log odds of what followed against what was stated. *Later* tells how many of the eras since 1990 "
        "lay within the width fitted to those before; where it is below .80, the shipped width is wider."
    )
    yield _table(
        ("sessions", "half width", "eras", "share inside", "width of .80", "later"),
        [
            (horizon, _f(one["width"], 2), one["eras"], *(_f(one[part], 2) for part in ERA))
            for horizon, one in record["eras"].items()
        ],
    )


if __name__ == "__main__":
    write(PAGE, json.loads(RECORD.read_text("utf-8")))
