"""Make docs/skill.md and docs/skill_tables.md from the measured figures in docs/skill.

    python scripts/skill_page.py

Nothing is computed here: every figure is one of docs/skill/*.json, and a test makes the pages again.
"""

import sys
from pathlib import Path

import jinja2
import reach_rows
import reach_shape_rows
import skill_rows
import skill_table_rows
import skill_words
from risk_results import RESULTS, read

from scanners.risk.coefficients import shipped

NAMES = ("evidence", "rules", "uses", "tops", "reach")
PAGES = {name: RESULTS.parent / name for name in ("skill.md", "skill_tables.md")}
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
)


def render(name, found):
    """Return a page as text.

    Parameters
    ----------
    name : str
        ``skill.md`` or ``skill_tables.md``.
    found : dict
        The measured figures by file.
    """
    real, rules, tops = found["evidence"]["real"], found["rules"], found["tops"]
    high = real["parts"]["C at least .2"]
    null_high = {
        kind: found["evidence"][kind]["parts"]["C at least .2"]["1.5s_60"] for kind in skill_rows.NULLS
    }
    return _TEMPLATES.get_template(f"{name}.j2").render(
        found=found,
        real=real,
        uses=found["uses"],
        rules=rules,
        shipped=shipped().version,
        rows=skill_rows,
        behind=skill_table_rows,
        reach=reach_rows,
        shape=reach_shape_rows,
        against=skill_words.against,
        beside=skill_words.beside,
        gained=skill_words.gained,
        share=skill_words.share,
        high=high,
        null_high=null_high,
        high_said=skill_words.verdict(high["1.5s_60"], list(null_high.values())),
        gains=real["gains"],
        critical=rules["real"]["levels"]["critical"],
        kept=lambda days: rules["kept"][f"critical, kept {days} sessions"]["1.5s_60"]["looks"],
        ended=rules["kept"]["critical, ended 60 sessions after it began"]["1.5s_60"]["looks"],
        news=rules["kept"]["critical, news for 60 sessions"]["1.5s_60"]["looks"],
        doubled=rules["real"]["rules"][skill_rows.DOUBLED],
        even=rules["real"]["risks"]["stated at least 0.5"]["10_60"],
        top=tops["real"]["major top in 60"],
        top_fall=tops["real"]["fall of 10% in 60"],
        top_null=tops["summary"]["major top in 60"],
    )


def main():
    found = {name: read(name) for name in NAMES}
    for name, path in PAGES.items():
        path.write_text(render(name, found), "utf-8")
        print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
