"""The page of answers, each from the measured figures alone."""

from skill_words import above, against, gained, ratio, share, table, verdict

EVENTS = {"1.5s_60": "1.5 sigma in 60", "10_60": "10% in 60", "20_120": "20% in 120"}
BAR = (1.7, 1.5)  # asked of critical: falls of 1.5 sigma in 60 and of 20% in 120 over the base


def opening(found):
    """Say what was measured, on what and how."""
    real = found["evidence"]["real"]
    return f"""# How often is it right?

Measured on {real["series"]} daily series to 2019, {real["series_years"]:,.0f} series-years ({real["looks"]:,} monthly
looks), with what was known at each look. Intervals hold 95% and come from drawing calendar half-years, all series
together. `make panel skill` makes every figure; the tables behind them are in [skill_tables](skill_tables.md).

Two things are measured. The **chance** of a fall comes from volatility and trend and, for 60 sessions, from the shape
of a bubble. The **level** says how much of that shape there is. *Expected* is what the chance says without the bubble;
*usual* is the same series' share on any date; *sigma* is the standard deviation of the last 250 daily returns times
the square root of the horizon."""


def shape(found):
    """Say what the shape of a bubble adds to volatility and trend."""
    parts = [found["evidence"][name] for name in ("real", "block", "garch")]
    real, block, garch = (part["bands"] for part in parts)
    joined = found["evidence"]["real"]["bands_with_bubble"]
    rows = [
        [
            name,
            f"{row['1.5s_60']['looks']:,}",
            against(row["1.5s_60"]),
            against(row["10_60"]),
            against(row["20_120"]),
            against(joined[name]["1.5s_60"]),
            " / ".join(
                ratio(one["1.5s_60"] and one["1.5s_60"]["ratio"]).replace(" [few]", "")
                for one in (block[name], garch[name])
            ),
        ]
        for name, row in real.items()
        if row["1.5s_60"]
    ]
    high = parts[0]["parts"]["C at least .2"]
    nulls = [part["parts"]["C at least .2"] for part in parts[1:]]
    gain = found["evidence"]["real"]["gains"]["C"]["1.5s_60"]
    said = verdict(high["1.5s_60"], [one["1.5s_60"] for one in nulls])
    head = "**Yes, somewhat.**" if said == "yes" else "**Not shown.**"
    return f"""## Does the shape of a bubble tell more than volatility and trend?

{head} With C at least .2, falls of 1.5 sigma within 60 sessions were {against(high["1.5s_60"])} times as many as volatility
and trend expected, falls of 10% {against(high["10_60"])} times, falls of 20% in 120 {against(high["20_120"])} times. On panels without
bubbles the first figure is {against(nulls[0]["1.5s_60"])} (shuffled blocks) and {against(nulls[1]["1.5s_60"])} (GARCH). As a coefficient in the
chance it changes the log score by {gained(gain)}%: a factor on a chance, no oracle.

Falls observed over expected, by C (share of windows with the shape, mean of four filters):

{table(["C", "looks", *(f"{name} sessions" for name in EVENTS.values()), "1.5 sigma, factor for C included", "no bubbles: blocks / GARCH"], rows)}

![Falls over those expected, by C](images/lift_by_confidence.png)"""


def levels(found):
    """Say what each level was worth."""
    rules = found["rules"]
    rows = []
    for name, one in rules["real"]["levels"].items():
        first, later = one["1.5s_60"]["onsets"], one["20_120"]["onsets"]
        rows.append(
            [
                name,
                f"{one['a_year']:.2f}",
                f"{first['stated']:.0%}, {first['observed']:.0%} ({first['usual']:.0%})",
                against(first),
                f"{later['stated']:.0%}, {later['observed']:.0%} ({later['usual']:.0%})",
                against(later),
                " / ".join(
                    ratio(rules[kind]["levels"][name]["1.5s_60"]["onsets"]["ratio"]).replace(" [few]", "")
                    for kind in ("block", "garch")
                ),
            ]
        )
    critical = rules["real"]["levels"]["critical"]
    first, later = critical["1.5s_60"]["onsets"], critical["20_120"]["onsets"]
    return f"""## What does a level mean when it is reached?

Episodes, counted once on their first look; each level holds the higher ones.

{table(["level", "a series-year", "1.5 sigma in 60: stated, followed (usual)", "over expected", "20% in 120: stated, followed (usual)", "over expected", "no bubbles: blocks / GARCH"], rows)}

A new **critical** was followed by a fall of 1.5 sigma within 60 sessions {against(first)} times as often as volatility and
trend expected and {against(first, "usual")} times as often as usual; by a fall of 20% within 120 sessions {against(later)} times
as often as expected and {against(later, "usual")} times as often as usual. {_bar(first, later)}"""


def _bar(first, later):
    """Say whether critical reaches what was asked of it."""
    told = []
    for to in ("expected", "usual"):
        key = "ratio" if to == "expected" else "ratio_to_usual"
        reached = [one[key] >= bar and above(one, to) for one, bar in zip((first, later), BAR, strict=True)]
        both = {2: "both are reached", 1: "one of the two is reached", 0: "neither is reached"}[sum(reached)]
        told.append(f"against what is {to} {both}")
    return f"Asked were {BAR[0]} and {BAR[1]} with intervals above 1: {'; '.join(told)}."


def protocol(found):
    """Say what thresholds do where they were not chosen."""
    rules = found["rules"]
    rows = []
    for one in rules["critical_chosen"]:
        told = one["told"]
        rows.append([f"chosen on {one['chosen_on']}", one["rule"], *_told(told)])
    for name, half in rules["halves"].items():
        if name != "watch":
            rows += [[f"proposed, {side} half", name, *_told(told)] for side, told in half.items()]
    return f"""## Do the thresholds hold where they were not chosen?

Chosen on every other block of four calendar years, told on the others, half a year left out at each border. The best
of {len(rules["critical_tried"])} rules for critical on one half, and the proposals on each half:

{table(["", "rule", "a series-year", "1.5 sigma in 60 over expected", "20% in 120 over expected"], rows)}

After an episode has begun the excess fades: on looks up to 60 sessions after the trigger (C still at least .1) critical
has {against(rules["kept"]["critical, kept 60 sessions"]["1.5s_60"]["looks"])} times the expected falls of 1.5 sigma, on looks at the trigger itself
{against(rules["kept"]["critical, kept 0 sessions"]["1.5s_60"]["looks"])}, on the first look of an episode {against(rules["real"]["levels"]["critical"]["1.5s_60"]["onsets"])}."""


def _told(told):
    onsets = [told.get(event, {}).get("onsets") for event in ("1.5s_60", "20_120")]
    return [f"{told['a_year']:.2f}", *(against(one) for one in onsets)]


def risk(found):
    """Say what the chance itself is worth as a rule, beside volatility alone."""
    rules, rows = found["rules"], []
    wanted = ("warning", "critical", "raised", "high", "stated at least 0.3", "stated at least 0.5")
    for name in wanted:
        one = rules["real"]["levels"].get(name) or rules["real"]["risks"][name]
        rival = rules["volatility"][name]
        fall = one["10_60"]["looks"]
        rows.append(
            [
                name,
                f"{one['a_year']:.2f}",
                f"{fall['stated']:.0%}, {fall['observed']:.0%}",
                *(
                    f"{share(one[event]['precision'])} / {share(one[event]['recall'])}"
                    for event in ("10_60", "20_120")
                ),
                *(
                    f"{share(rival[event]['precision'])} / {share(rival[event]['recall'])}"
                    for event in ("10_60", "20_120")
                ),
            ]
        )
    even = rules["real"]["risks"]["stated at least 0.5"]["10_60"]
    return f"""## Is the risk right, and is it more than volatility?

Where at least .5 was stated for a fall of 10% in 60 sessions, {share(even["looks"]["stated"])} was stated on average and {share(even["looks"]["observed"])}
followed ({share(even["onsets"]["observed"])} on the first looks of episodes). Precision and recall of falls of 10% in 60 and 20% in 120 sessions,
beside a rule on volatility alone with as many episodes:

{table(["rule", "a series-year", "10% in 60: stated, followed", "10%: precision / recall", "20%: precision / recall", "volatility, 10%", "volatility, 20%"], rows)}

Levels find few falls: most falls begin without the shape of a bubble. High risk finds more, mostly in markets that have
fallen already."""


def nothing(found):
    """Say what adds nothing."""
    evidence = found["evidence"]
    real, rows = evidence["real"], []
    groups = {
        "states": "states",
        "critical_times": "critical_times",
        "bifurcations": "",
        "trust": "",
        "negative": "negative",
    }
    for group, null in groups.items():
        for name, row in real[group].items():
            one = row["1.5s_60"]
            nulls = [evidence[kind][null][name]["1.5s_60"] for kind in ("block", "garch")] if null else []
            if name in SHOWN and one:
                gain = real["gains"].get(GAINS.get(name, name), {}).get("1.5s_60")
                rows.append([name, f"{one['looks']:,}", against(one), gained(gain), verdict(one, nulls)])
    return f"""## What adds nothing?

Falls (rises, for negative bubbles) of 1.5 sigma within 60 sessions over those that volatility and trend expected, and
the change of the log score in percent when the evidence gets a coefficient of its own, walking forward:

{table(["evidence", "looks", "observed over expected", "log score", "adds"], rows)}

Explosive roots, slowing down and the phase portrait were computed at {real["tested_looks"]:,} looks. They describe the state of a
path; no forecast of falls was measured for them. The critical time has no skill as a date. Negative bubbles are a
description: a capitulation raises nothing."""


SHOWN = (
    "FOMO regime",
    "FOMO regime, C at least .2",
    "doubled in two years, C below .05",
    "doubled in two years, C at least .2",
    "tc within 20 sessions",
    "tc later than 20 sessions",
    "windows agree on tc (80% within 30 sessions)",
    "explosive (BSADF above 95%), rising",
    "explosive above 95%, rising, C below .02",
    "slowing down (p below .05)",
    "AR(1) and variance both rise",
    "portrait: positive feedback",
    "portrait: negative feedback",
    "trust in its higher half",
    "trust in its lower half",
    "negative C at least 0.1",
)
GAINS = {
    "negative C at least 0.1": "negative C, for rises",
    "doubled in two years, C at least .2": "C after a doubling",
}


def doubling(found):
    """Say what followed run-ups of 100%."""
    told = found["evidence"]["real"]["run_ups"]
    rows = [
        [
            name,
            one["run_ups"],
            f"{one['crashes']} = {one['crashes'] / one['run_ups']:.0%}",
            share(one["growth"]),
        ]
        for name, one in told.items()
        if name != "list" and one["run_ups"]
    ]
    return f"""## Is a doubling a bubble?

Run-ups of US industries by 100% in two years, raw and net of the other industries (Greenwood, Shleifer & You 2019 count
40 run-ups and 21 crashes): how many fell by 40% within two years, by the highest C of the last three looks.

{table(["C", "run-ups", "crashed", "return of two years"], rows)}

These are few; they show no more than a tendency."""


def money(found):
    """Say what the simplest uses were worth."""
    uses, rows = found["uses"], []
    for name, ways in uses["cut"].items():
        for way, label in (
            ("held", "held"),
            ("signal", f"half while {name}"),
            ("volatility", "half while most volatile, as often"),
            ("constant", "constant share"),
        ):
            one = ways[way]
            extra = (
                f"{100 * one['over_constant']:+.2f} [{100 * one['interval'][0]:+.2f}, {100 * one['interval'][1]:+.2f}]"
                if "over_constant" in one
                else ""
            )
            if way == "held" and rows:
                continue
            rows.append(
                [
                    label,
                    f"{one['exposure']:.3f}",
                    f"{one['growth']:.2%}",
                    f"{one['volatility']:.2%}",
                    f"{one['drawdown']:.1%}",
                    extra,
                ]
            )
    bought = [
        [name, one["bought"], *(ratio(kind["paid_per_cost"], kind["interval"]) for kind in prices.values())]
        for name, prices in uses["protection"].items()
        for one in [next(iter(prices.values()))]
    ]
    best = [name for name, ways in uses["cut"].items() if ways["signal"]["interval"][0] > 0]
    said = (
        f"paid for {' and '.join(best)}"
        if best
        else "did not pay by any signal: every interval holds zero or lies below it"
    )
    return f"""## What was it worth?

On {uses["series"]} indices, industries and futures ({uses["series_years"]:,.0f} series-years), decided at monthly looks, {uses["cost"]:.2%} of each trade as cost.
Means over series of yearly growth, volatility and deepest fall:

{table(["way to hold", "mean share", "growth", "volatility", "deepest fall", "a year over a constant share, points"], rows)}

Cutting exposure by half {said}.

Protection of 60 sessions, bought when an episode begins: it pays 10% of the value once the close has fallen by 10%, and
costs the stated chance of that plus {uses["mark_up"]:.0%}. Paid over cost, at a price without and with the factor for the bubble:

{table(["bought at", "times", "priced by volatility and trend", "priced with the bubble"], bought)}

Above 1 it paid. Nobody sold at these prices: it shows whether the chance was worth knowing, not what a desk would have earned."""


def tops(found):
    """Say why major tops are no answer."""
    told = found["tops"]
    real, null = told["real"]["major top in 60"], told["summary"]["major top in 60"]
    fall = told["real"]["fall of 10% in 60"]
    return f"""## Why not count major tops?

Because the label flatters. A major top is the highest close of 120 sessions, and a FOMO regime begins at new highs. On
real prices {real["share"]:.0%} of FOMO alarms had a major top within 60 sessions, against {real["as_stretched"]:.0%} on dates as stretched. On
{null["panels"]} panels of shuffled returns, where nothing can be foreseen, the same figures are {null["share"]:.0%} and {null["as_stretched"]:.0%}, and the table
calls that skill on {null["called_skill"]} of {null["panels"]}. For falls of 10%, real prices show {fall["share"]:.0%} against {fall["as_stretched"]:.0%}. So `watch` names a phase and
forecasts nothing, and every table of major tops is to be read beside these figures."""


def limits(found):
    """Say what is not in it."""
    return """## What it does not do

It gives no date. Nothing was measured beyond 60 sessions for the bubble shape. It says nothing of falls that come without
the shape: carry unwinds, policy, short squeezes. Series share their crises, so thousands of looks are a few dozen
independent episodes; the intervals say so, and they are wide. All of it was measured on the material it was built on,
walking forward; other series will show less."""


PARTS = (opening, shape, levels, protocol, risk, nothing, doubling, money, tops, limits)
