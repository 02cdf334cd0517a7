"""The tables behind the page of answers: every row on real prices beside the panels without bubbles."""

from skill_words import against, gained, table

EVENTS = {"1.5s_60": "1.5 sigma in 60", "10_60": "10% in 60", "20_120": "20% in 120"}
TITLES = {
    "bands": "By C",
    "parts": "By filter and by window length: as many of the highest looks as have C at least .2",
    "states": "States of the price, alone and with the shape",
    "critical_times": "What windows say of the critical time, where C is at least .1",
    "negative": "Negative bubbles: rises",
    "bifurcations": "Evidence of a bifurcation",
    "trust": "Trust, where C is at least .1",
}


def opening(found):
    """Say how to read the tables."""
    panels = ", ".join(f"{found['evidence'][kind]['series']} series ({kind})" for kind in ("block", "garch"))
    return f"""# The tables behind [skill](skill.md)

Observed over expected with a 95% interval from drawn half-years. *No bubbles*: the same rows, the same search, on paths of
{panels}, monthly looks: shuffled blocks of 20 sessions, and a GARCH(1,1) with t errors fitted to each series. A
row that they reach is no skill. Tables of major tops are further down and in [skill_tops](skill_tops.md)."""


def lifts(found):
    """Return the tables of what followed."""
    parts = []
    for group, title in TITLES.items():
        rows = []
        for name, row in found["evidence"]["real"][group].items():
            nulls = [
                against(found["evidence"][kind].get(group, {}).get(name, {}).get("1.5s_60"))
                for kind in ("block", "garch")
            ]
            one = row["1.5s_60"]
            rows.append(
                [name, one["looks"] if one else 0, *(against(row[event]) for event in EVENTS), *nulls]
            )
        header = ["", "looks", *EVENTS.values(), "no bubbles: blocks, 1.5 sigma", "GARCH, 1.5 sigma"]
        parts.append(f"## {title}\n\n{table(header, rows)}")
    return "\n\n".join(parts)


def kinds(found):
    """Return C at least .2 by kind of series."""
    rows = [
        [
            kind,
            one["C at least .2"]["1.5s_60"]["looks"],
            *(against(one["C at least .2"][event]) for event in EVENTS),
        ]
        for kind, one in found["evidence"]["real"]["by_kind"].items()
        if one["C at least .2"]["1.5s_60"]
    ]
    return f"## C at least .2, by kind of series\n\n{table(['', 'looks', *EVENTS.values()], rows)}"


def gains(found):
    """Return the changes of the log score."""
    evidence = found["evidence"]
    rows = [
        [
            name,
            *(gained(row[event]) for event in EVENTS),
            *(gained(evidence[kind]["gains"].get(name, {}).get("1.5s_60")) for kind in ("block", "garch")),
        ]
        for name, row in evidence["real"]["gains"].items()
    ]
    header = ["one coefficient for", *EVENTS.values(), "no bubbles: blocks, 1.5 sigma", "GARCH, 1.5 sigma"]
    return f"""## Change of the log score in percent, walking forward

The chance enters as a + b logit(chance), refitted before every block of five years, with and without the evidence.

{table(header, rows)}"""


def rules(found):
    """Return every rule that was told."""
    told, rows = found["rules"], []
    for group in ("levels", "rules", "risks"):
        for name, one in told["real"][group].items():
            if "1.5s_60" not in one or "onsets" not in one["1.5s_60"]:
                continue
            cells = [
                f"{one[event]['onsets']['stated']:.0%}, {one[event]['onsets']['observed']:.0%}, {against(one[event]['onsets'])}, {against(one[event]['onsets'], 'usual')}"
                for event in EVENTS
            ]
            nulls = []
            for kind in ("block", "garch"):
                other = told[kind][group].get(name, {})
                nulls.append(
                    f"{other.get('a_year', 0):.3f}, {against(other.get('1.5s_60', {}).get('onsets'))}"
                )
            rows.append([name, f"{one['a_year']:.3f}", *cells, *nulls])
    header = [
        "rule",
        "a series-year",
        *(f"{name}: stated, followed, over expected, over usual" for name in EVENTS.values()),
    ]
    return f"""## Rules: first looks of episodes

{table([*header, "no bubbles: blocks (a year, over expected)", "GARCH"], rows)}"""


def run_ups(found):
    """Return the run-ups one by one."""
    rows = [
        [name, date, f"{shape:.2f}", f"{fall:.0%}", f"{growth:+.0%}"]
        for name, date, shape, fall, growth in found["evidence"]["real"]["run_ups"]["list"]
    ]
    header = [
        "industry",
        "first look",
        "highest C of three looks",
        "deepest fall in two years",
        "return of two years",
    ]
    return f"## Run-ups of 100% in two years, raw and net of the other industries\n\n{table(header, rows)}"


def tops(found):
    """Return major tops on shuffled panels."""
    rows = []
    for name, one in [
        ("real prices", found["tops"]["real"]),
        *((f"shuffled {k + 1}", each) for k, each in enumerate(found["tops"]["nulls"])),
    ]:
        cells = []
        for target in ("major top in 60", "fall of 10% in 60"):
            hit = one[target]
            cells += [f"{hit['share']:.0%}", f"{hit['as_stretched']:.0%}", hit["said"]]
        rows.append([name, one["alarms"], *cells])
    header = [
        "panel",
        "FOMO alarms",
        "major top in 60",
        "as stretched",
        "called",
        "fall of 10% in 60",
        "as stretched",
        "called",
    ]
    return f"## Major tops, on real prices and where nothing can be foreseen\n\n{table(header, rows)}"


PARTS = (opening, lifts, kinds, gains, rules, run_ups, tops)
