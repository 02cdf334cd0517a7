"""Rows of the tables behind docs/skill.md, each from the measured figures alone."""

from skill_rows import EVENTS, NULLS, nulls
from skill_words import against, beside, gained, share, table

TITLES = {
    "bands": "By C",
    "parts": "By filter and by window length: as many of the highest looks as have C at least .2",
    "states": "States of the price, alone and with the shape",
    "critical_times": "What windows say of the critical time, where C is at least .1",
    "negative": "Negative bubbles: rises",
    "bifurcations": "Evidence of a bifurcation",
    "trust": "Trust, where C is at least .1",
}


def run_up_list(found):
    """Return the run-ups one by one."""
    rows = [
        [name, date, f"{shape:.2f}", f"{fall:.0%}", f"{growth:+.0%}"]
        for name, date, shape, fall, growth in found["evidence"]["real"]["run_ups"]["list"]
    ]
    header = ["industry", "first look", "highest C of three looks", "deepest fall in two years"]
    return table([*header, "return of two years"], rows)


def lifts(found, group):
    """Return the rows of one group on real prices and on panels without bubbles."""
    rows = []
    for name, row in found["evidence"]["real"][group].items():
        looks = row["1.5s_60"]["looks"] if row["1.5s_60"] else 0
        there = [beside(row["1.5s_60"])] + [beside(one) for one in nulls(found, group, name)]
        rows.append([name, f"{looks:,}", *(against(row[event]) for event in EVENTS), *there])
    header = ["", "looks", *EVENTS.values(), "1.5 sigma, over all looks"]
    return table([*header, "no bubbles: blocks", "no bubbles: GARCH"], rows)


def kinds(found):
    """Return C at least .2 by kind of series."""
    rows = []
    for kind, one in found["evidence"]["real"]["by_kind"].items():
        row = one["C at least .2"]
        if row["1.5s_60"]:
            rows.append([kind, row["1.5s_60"]["looks"], *(against(row[event]) for event in EVENTS)])
    return table(["", "looks", *EVENTS.values()], rows)


def gains(found):
    """Return the changes of the log score."""
    rows = []
    for name, row in found["evidence"]["real"]["gains"].items():
        there = [gained(found["evidence"][kind]["gains"].get(name, {}).get("1.5s_60")) for kind in NULLS]
        rows.append([name, *(gained(row[event]) for event in EVENTS), *there])
    header = ["one coefficient for", *EVENTS.values(), "no bubbles: blocks, 1.5 sigma", "no bubbles: GARCH"]
    return table(header, rows)


def rules(found):
    """Return every rule that was told."""
    told, rows = found["rules"], []
    for group in ("levels", "rules", "risks"):
        for name, one in told["real"][group].items():
            if "onsets" not in one.get("1.5s_60", {}):
                continue
            cells = []
            for event in EVENTS:
                first = one[event]["onsets"]
                both = f"{against(first)}, {against(first, 'usual')}"
                cells.append(f"{first['stated']:.0%}, {first['observed']:.0%}, {both}")
            for kind in NULLS:
                other = told[kind][group].get(name, {})
                there = beside(other.get("1.5s_60", {}).get("onsets"))
                cells.append(f"{other.get('a_year') or 0:.3f}, {there}")
            rows.append([name, f"{one['a_year']:.3f}", *cells])
    header = ["rule", "a series-year", *EVENTS.values()]
    return table([*header, "no bubbles: blocks (a series-year, 1.5 sigma)", "no bubbles: GARCH"], rows)


def tops(found):
    """Return major tops on real prices and on shuffled panels."""
    panels = {"real prices": found["tops"]["real"]}
    panels |= {f"shuffled {k + 1}": one for k, one in enumerate(found["tops"]["nulls"])}
    rows = []
    for name, one in panels.items():
        cells = []
        for target in ("major top in 60", "fall of 10% in 60"):
            hit = one[target]
            cells += [share(hit["share"]), share(hit["as_stretched"]), hit["said"]]
        rows.append([name, one["alarms"], *cells])
    header = ["panel", "FOMO alarms", "major top in 60", "as stretched", "called"]
    return table([*header, "fall of 10% in 60", "as stretched", "called"], rows)
