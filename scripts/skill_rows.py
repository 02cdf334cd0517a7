"""Rows of the tables on docs/skill.md, each from the measured figures alone."""

from skill_words import YES, above, against, beside, gained, ratio, share, table, verdict

EVENTS = {"1.5s_60": "1.5 sigma in 60", "10_60": "10% in 60", "20_120": "20% in 120"}
NULLS = ("block", "garch")
DOUBLED = "doubled, C3 at least 0.1"
BAR = {"1.5s_60": 1.7, "20_120": 1.5}  # asked of critical
SHOWN = {  # rows of evidence on the page, and the coefficient that belongs to them
    "states": {
        "FOMO regime": "FOMO regime",
        "FOMO regime, C at least .2": "C in the FOMO regime",
        "doubled in two years, C below .05": "",
        "doubled in two years, C at least .2": "C after a doubling",
    },
    "critical_times": {
        "tc within 20 sessions": "tc within 20 sessions",
        "tc later than 20 sessions": "",
        "windows agree on tc (80% within 30 sessions)": "",
        "windows disagree on tc": "",
    },
    "bifurcations": {
        "explosive (BSADF above 95%), rising": "explosive (BSADF above 95%), rising",
        "slowing down (p below .05)": "slowing down (p below .05)",
        "AR(1) and variance both rise": "AR(1) and variance both rise",
        "portrait: positive feedback": "portrait: positive feedback",
        "portrait: negative feedback": "portrait: negative feedback",
    },
    "trust": {"trust in its higher half": "", "trust in its lower half": ""},
    "negative": {"negative C at least 0.1": "negative C, for rises"},
}
DESCRIBED = {
    "bifurcations": "Of the bifurcation evidence",
    "trust": "Of trust",
    "negative": "Of negative bubbles, for rises",
}
WAYS = {
    "held": "held",
    "signal": "half while {}",
    "volatility": "half while most volatile, as often as {}",
    "constant": "a constant share, as much as {}",
}


def nulls(found, group, name, event="1.5s_60"):
    """Return a row on each panel without bubbles, None where it is not there."""
    return [found["evidence"][kind].get(group, {}).get(name, {}).get(event) for kind in NULLS]


def bands(found):
    """Return falls over expected by C, without and with the factor, and where there are no bubbles."""
    real, rows = found["evidence"]["real"], []
    for name, row in real["bands"].items():
        if row["1.5s_60"]:
            known = [against(row[event]) for event in EVENTS]
            joined = against(real["bands_with_bubble"][name]["1.5s_60"])
            there = " / ".join(beside(one) for one in nulls(found, "bands", name))
            one = row["1.5s_60"]
            rows.append([name, f"{one['looks']:,}", *known, joined, beside(one), there])
    header = ["C", "looks", *EVENTS.values(), "1.5 sigma, the factor for C included"]
    return table([*header, "1.5 sigma, over all looks", "the same without bubbles: blocks / GARCH"], rows)


def levels(found):
    """Return what followed the first looks of each level."""
    rows = []
    for name, one in found["rules"]["real"]["levels"].items():
        cells = []
        for event in BAR:
            first = one[event]["onsets"]
            cells.append(f"{first['stated']:.0%}, {first['observed']:.0%} ({first['usual']:.0%})")
            cells.append(against(first))
        there = [found["rules"][kind]["levels"][name].get("1.5s_60", {}).get("onsets") for kind in NULLS]
        rows.append([name, f"{one['a_year']:.2f}", *cells, " / ".join(beside(each) for each in there)])
    header = ["level", "a series-year"]
    for event in BAR:
        header += [f"{EVENTS[event]}: stated, followed (usual)", "over expected"]
    return table([*header, "1.5 sigma over all looks, without bubbles: blocks / GARCH"], rows)


def bar(critical):
    """Say whether critical reaches what was asked of it, against what is expected and what is usual."""
    told = []
    for to, key in (("expected", "ratio"), ("usual", "ratio_to_usual")):
        firsts = {event: critical[event]["onsets"] for event in BAR}
        reached = sum(one[key] >= BAR[event] and above(one, to) for event, one in firsts.items())
        told.append(
            f"against what is {to} {('neither is', 'one of the two is', 'both are')[reached]} reached"
        )
    return "; ".join(told)


def protocol(found):
    """Return what chosen and proposed rules do on each half of the calendar."""
    rules, rows = found["rules"], []
    for level in ("critical", "warning"):
        for one in rules[f"{level}_chosen"]:
            rows.append([f"{level}, chosen on the {one['chosen_on']}", one["rule"], *_first(one["told"])])
        for side, told in rules["halves"][level].items():
            rows.append([f"{level}, {side} half", "as proposed", *_first(told)])
    for side, told in rules["halves"][DOUBLED].items():
        rows.append([f"{side} half", DOUBLED, *_first(told)])
    return table(
        ["", "rule", "a series-year", "1.5 sigma in 60 over expected", "20% in 120 over expected"], rows
    )


def ages(found):
    """Return falls over expected by the time since an episode began, the trigger still there."""
    rows = []
    for level, parts in found["rules"]["ages"].items():
        for age, one in parts.items():
            if one["1.5s_60"]:
                cells = [against(one[event]) for event in BAR]
                rows.append([f"{level}, {age}", f"{one['1.5s_60']['looks']:,}", *cells])
    return table(["", "looks", "1.5 sigma in 60 over expected", "20% in 120 over expected"], rows)


def _first(told):
    onsets = [told.get(event, {}).get("onsets") for event in BAR]
    return [f"{told['a_year']:.2f}", *(against(one) for one in onsets)]


def risks(found):
    """Return precision and recall of rules beside volatility alone."""
    rules, rows = found["rules"], []
    for name in ("warning", "critical", "raised", "high", "stated at least 0.3", "stated at least 0.5"):
        one = rules["real"]["levels"].get(name) or rules["real"]["risks"][name]
        fall = one["10_60"]["looks"]
        caught = [
            f"{share(rule[event]['precision'])} / {share(rule[event]['recall'])}"
            for rule in (one, rules["volatility"][name])
            for event in ("10_60", "20_120")
        ]
        rows.append([name, f"{one['a_year']:.2f}", f"{fall['stated']:.0%}, {fall['observed']:.0%}", *caught])
    header = ["rule", "a series-year", "10%: stated, followed", "10%: precision / recall"]
    return table([*header, "20%: precision / recall", "volatility, 10%", "volatility, 20%"], rows)


def nothing(found):
    """Return what other evidence adds."""
    real, rows = found["evidence"]["real"], []
    for group, names in SHOWN.items():
        for name, coefficient in names.items():
            one = real[group].get(name, {}).get("1.5s_60")
            if one:
                gain = real["gains"].get(coefficient, {}).get("1.5s_60")
                said = verdict(one, nulls(found, group, name))
                rows.append([name, f"{one['looks']:,}", against(one), gained(gain), said])
    return table(["evidence", "looks", "observed over expected", "log score, percent", "more falls"], rows)


def described(found):
    """Say of the bifurcation evidence, the critical time and negative bubbles whether any row shows more."""
    told = []
    for group, words in DESCRIBED.items():
        said = {}
        for name, row in found["evidence"]["real"][group].items():
            said[name] = verdict(row["1.5s_60"], nulls(found, group, name))
        more = [name for name, one in said.items() if one.startswith(YES)]
        told.append(f"{words}: {', '.join(more) if more else 'no row'} shows more than expected.")
    return " ".join(told)


def run_ups(found):
    """Return how many run-ups crashed."""
    rows = []
    for key, words in (("run_ups_raw", "raw"), ("run_ups", "raw and net")):
        for name, one in found["evidence"]["real"][key].items():
            if name != "list" and one["run_ups"]:
                crashed = f"{one['crashes']} = {one['crashes'] / one['run_ups']:.0%}"
                rows.append([words, name, one["run_ups"], crashed, share(one["growth"])])
    return table(["run-up", "C", "run-ups", "crashed", "mean return of two years"], rows)


def cut(found):
    """Return what cutting exposure by half was worth."""
    rows = []
    for signal, ways in found["uses"]["cut"].items():
        for way, words in WAYS.items():
            one = ways[way]
            if way == "held" and rows:
                continue
            cells = [f"{one['exposure']:.3f}", f"{one['growth']:.2%}", f"{one['volatility']:.2%}"]
            extra = points(one) if "over_constant" in one else ""
            rows.append([words.format(signal), *cells, f"{one['drawdown']:.1%}", extra])
    header = ["", "mean share", "growth a year", "volatility", "deepest fall"]
    return table([*header, "points a year over the constant share"], rows)


def points(one):
    """Return a yearly difference in percentage points with its interval."""
    low, high = one["interval"]
    return f"{100 * one['over_constant']:+.2f} [{100 * low:+.2f}, {100 * high:+.2f}]"


def paid(found):
    """Say for which signals cutting exposure paid."""
    cuts = found["uses"]["cut"]
    won = [name for name, ways in cuts.items() if ways["signal"]["interval"][0] > 0]
    lost = [name for name, ways in cuts.items() if ways["signal"]["interval"][1] < 0]
    neither = [name for name in cuts if name not in won + lost]
    said = []
    for names, words in (
        (won, "paid"),
        (lost, "cost more than it saved"),
        (neither, "cannot be told from zero"),
    ):
        if names:
            said.append(f"while {' or '.join(names)} it {words}")
    return (
        f"Cutting exposure by half does not pay by itself: {'; '.join(said)}."
        if not won
        else (f"Cutting exposure by half: {'; '.join(said)}.")
    )


def protection(found):
    """Return what protection paid over its cost."""
    rows = []
    for name, prices in found["uses"]["protection"].items():
        kinds = list(prices.values())
        if kinds[0]:
            rows.append(
                [name, kinds[0]["bought"], *(ratio(one["paid_per_cost"], one["interval"]) for one in kinds)]
            )
    return table(["bought at", "times", "priced by volatility and trend", "priced with the bubble"], rows)
