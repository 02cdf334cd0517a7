"""Score major tops on panels in which nothing can be foreseen, as the table of major tops is scored.

    python scripts/null_tops.py [--panels 8]

Every series of scripts/development_panel.toml has its returns shuffled in blocks of 20 sessions; the FOMO
regime (watch without confidence, which no search needs) is scored as `make skill` scores it. Writes
docs/skill/tops.json.
"""

import sys
from dataclasses import replace

import development
import numpy as np
from risk_looks import momentum
from risk_results import rounded, write

from scanners.config.policy import FIRST_STUDY, Policy
from scanners.past.panel.null_panels import null_series
from scanners.past.skill.judged import ready
from scanners.past.skill.outcomes import MAJOR
from scanners.past.skill.score import score
from scanners.past.skill.tables import reading


def fomo(member):
    """Return 1 where the FOMO regime holds at a look, else 0."""
    known = momentum(member.prices).iloc[member.at]
    return (known["new_high"] & (known["acceleration"] > 1) & (known["z250"] > 1)).to_numpy(float)


def scored(members, draws=199):
    """Return what followed the FOMO regime on a panel: major tops and falls of 10%."""
    panel = [ready(member, [], Policy(**FIRST_STUDY)) for member in members]
    found = score("watch", panel, [fomo(member) for member in members], 1, draws=draws)
    told = {"alarms": found.episodes, "a_year": found.per_year}
    for target in (MAJOR, "fall of 10% in 60"):
        hits = found.targets[target]
        told[target] = {
            "share": hits.share,
            "interval": hits.bootstrap,
            "any_date": hits.random,
            "as_stretched": hits.matched,
            "said": reading(hits),
        }
    return told


def main():
    parser = development.parser(__doc__)
    parser.add_argument("--panels", type=int, default=8)
    parser.add_argument("--step", type=int, default=5)
    options = parser.parse_args()
    members = development.series(options, options.step)
    found = {"series": len(members), "step": options.step, "real": scored(members), "nulls": []}
    for draw in range(options.panels):
        paths = [replace(one, prices=null_series(one.prices, one.name, "block", draw)) for one in members]
        found["nulls"].append(scored(paths))
    for target in (MAJOR, "fall of 10% in 60"):
        parts = [one[target] for one in found["nulls"]]
        found.setdefault("summary", {})[target] = {
            "share": float(np.mean([one["share"] for one in parts])),
            "as_stretched": float(np.mean([one["as_stretched"] for one in parts])),
            "any_date": float(np.mean([one["any_date"] for one in parts])),
            "called_skill": sum(one["said"] == "skill" for one in parts),
            "panels": len(parts),
        }
    print(write("tops", rounded(found)), file=sys.stderr)


if __name__ == "__main__":
    main()
