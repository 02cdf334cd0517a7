"""Tables of the documentation are not older than the code they describe, and a few draws agree with them."""

import re

import numpy as np
import pytest
from documented_tables import MAKER, ROOT, agree, between, load

import earlywarning
import lppl
from lppl.indicators.null_models import KINDS

DIGEST = load("code_digest")


@pytest.mark.parametrize("name", MAKER.TABLES)
def test_no_table_is_older_than_the_code_it_describes(name):
    made = MAKER.recorded()[name]
    assert made["code"] == MAKER.TABLES[name].digest(), "run make docs-tables"
    assert between(name)[-1] == MAKER.said(MAKER.TABLES[name], made)
    assert len(between(name)) > 6


def test_every_script_that_a_page_quotes_is_remade_or_named_with_a_reason():
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md"))
    quoted = set(re.findall(r"scripts/(\w+\.py)", pages))
    made = {table.script for table in MAKER.TABLES.values()}
    assert quoted <= made | set(MAKER.OTHERS)
    assert not made & set(MAKER.OTHERS)
    for name in MAKER.OTHERS:
        assert (ROOT / "scripts" / name).is_file() and name in quoted, name


def test_the_digest_follows_what_a_script_reaches_and_nothing_else(tmp_path, monkeypatch):
    reached = {path.relative_to(ROOT).as_posix() for path in DIGEST.reached("scripts/false_alarms.py")}
    assert {"lppl/fitting/windows.py", "lppl/_kernels/search.py", "lppl/indicators/null_models.py"} <= reached
    assert {"lppl/indicators/presets.py", "scanners/past/skill/intervals.py"} <= reached
    assert not any("plot" in name or name.startswith("earlywarning") for name in reached)
    monkeypatch.setattr(DIGEST, "ROOT", tmp_path)
    for folder in ("lppl", "scripts"):
        (tmp_path / folder).mkdir()
    (tmp_path / "lppl" / "__init__.pyi").write_text("from .core import curve as curve\n")
    doubled = "def doubled(t):\n    return 2 * t\n"
    (tmp_path / "lppl" / "core.py").write_text(
        f'def curve(t):\n    """Words."""\n    return doubled(t) + 1\n\n\n{doubled}'
    )
    (tmp_path / "lppl" / "other.py").write_text("x = 1\n")
    (tmp_path / "scripts" / "one.py").write_text("import lppl\nimport two\n\nprint(lppl.curve(two.x))\n")
    (tmp_path / "scripts" / "two.py").write_text("x = 1\n")
    first = DIGEST.code_digest("scripts/one.py")
    (tmp_path / "lppl" / "core.py").write_text(
        "from lppl.halves import doubled\n\n\n"
        'def curve(t):\n    """Others."""\n    # why\n    return doubled(t) + 1\n'
    )
    (tmp_path / "lppl" / "halves.py").write_text(doubled)
    (tmp_path / "lppl" / "other.py").write_text("x = 2\n")
    (tmp_path / "lppl" / "core.py").rename(tmp_path / "lppl" / "moved.py")
    (tmp_path / "lppl" / "__init__.pyi").write_text("from .moved import curve as curve\n")
    assert DIGEST.code_digest("scripts/one.py") == first
    for name, text in (
        ("lppl/halves.py", doubled.replace("2", "3")),
        ("lppl/moved.py", "def curve(t):\n    return t + 2\n"),
        ("scripts/two.py", "x = 2\n"),
    ):
        (tmp_path / name).write_text(text)
        changed = DIGEST.code_digest("scripts/one.py")
        assert changed != first
        first = changed
    (tmp_path / "scripts" / "two.py").write_text("from lppl import curve\n\nprint(curve(1))\n")
    assert (tmp_path / "lppl" / "moved.py") in DIGEST.reached("scripts/two.py")


def test_a_table_is_put_where_its_page_says(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "page.md"
    page.write_text(f"# Head\n\n<!-- table one -->\nold\n{MAKER.END}\n\ntail\n")
    monkeypatch.setattr(MAKER, "ROOT", tmp_path)
    monkeypatch.setattr(MAKER, "RECORD", tmp_path / "docs" / "tables.json")
    monkeypatch.setattr(MAKER, "TABLES", {"one": MAKER.Table("page.md", "make.py", ("--n", "3"))})
    made = {"date": "2026-01-02", "commit": "abc", "machine": "two cores", "seconds": 1, "code": "1"}
    for text in ("| a |\n", "| b |\n"):
        MAKER.put("one", text, made)
    expected = "*Made 2026-01-02 at commit abc by `python scripts/make.py --n 3`, two cores.*"
    assert page.read_text() == f"# Head\n\n<!-- table one -->\n| b |\n\n{expected}\n{MAKER.END}\n\ntail\n"
    assert MAKER.recorded() == {"one": made}


def shares(title, preset, filter, side):
    """Return the shares of a row of the page of false alarms, as fractions, and the paths behind them."""
    lines = between("false_alarms")
    place = lines.index(f"## {title}")
    row = next(line for line in lines[place:] if line.startswith(f"| {preset} | {filter} | {side} |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")][3:]
    return int(cells[0]), [float(cell.split()[0]) / 100 for cell in cells[1:7]]


THIN = [("garch", 24), *(pytest.param(kind, 120, marks=pytest.mark.slow) for kind in KINDS)]


@pytest.mark.ci
@pytest.mark.parametrize(("kind", "draws"), THIN)
def test_a_few_paths_alarm_as_often_as_the_page_says(kind, draws):
    """The GARCH rows once said four times as many: 15.8% at .05, of 240 paths, which 120 draws refute."""
    maker = load("false_alarms")
    rows = maker.study(kind, draws, 1, [lppl.PRESETS["daily"]])
    for name, part in rows[rows["side"] == "positive"].groupby("filter"):
        paths, documented = shares(maker.TITLES[kind], "daily", name, "positive")
        for threshold, share in zip(maker.THRESHOLDS, documented, strict=True):
            hits = int((part["confidence"] >= threshold - 1e-12).sum())
            assert agree(hits, draws, share, paths), (name, threshold, hits, share)


def test_a_share_four_times_too_high_does_not_agree():
    assert agree(5, 120, 0.042, 240)
    assert not agree(5, 120, 0.158, 240)


@pytest.mark.ci
def test_a_few_series_show_the_documented_sizes_of_slowing_down():
    maker = load("ew_power")
    columns = [column.strip() for column in between("slowing")[0].strip("|").split("|")]
    place = columns.index("n = 250")
    for name in ("random walk", "GARCH-t walk"):
        row = next(line for line in between("slowing") if line.startswith(f"| {name} | garch |"))
        documented = re.findall(r"\d+", [cell.strip() for cell in row.strip("|").split("|")][place])
        found = maker.rates(maker.NULLS[name](20, 250, 7), "garch", 39)
        for hits, share in zip(found * 20 / 100, documented, strict=True):
            assert agree(round(hits), 20, int(share) / 100, 100), (name, hits, share)


def test_every_reproduced_figure_is_what_the_page_says(shared_reference, shared_prices):
    figures = [
        one for family in load("reproduced").FAMILIES[:-1] for one in family(shared_reference, shared_prices)
    ]
    lines = between("reproduces")
    for one in figures:
        (line,) = [line for line in lines if line.startswith(f"| {one.what} |")]
        assert f"| {one.printed} | {one.told} |" in line
        assert line.endswith(f"| {one.verdict} |")
    assert sum(one.inside for one in figures) >= 12


@pytest.mark.ci
def test_a_few_walks_show_the_documented_sizes_of_signs():
    maker = load("explosive_power")
    rows = [line.strip("|").split("|") for line in between("explosive") if line.startswith("|")]
    column = [cell.strip() for cell in rows[0]].index("signs")
    rng = np.random.default_rng(5)
    for make in (maker.gaussian, maker.volatility_break):
        name = make.__name__.replace("_", " ")
        (row,) = [row for row in rows if row[0].strip() == name and row[1].strip() == "100"]
        hits = 0
        for seed in range(24):
            test = earlywarning.gsadf(make(100, rng), log=False, signs=True)
            null = earlywarning.bootstrap_critical_values(test, replications=59, seed=seed)
            hits += null.p_value(test.statistic) <= 0.05
        assert agree(hits, 24, float(row[column]), 100), name
