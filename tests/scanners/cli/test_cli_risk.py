"""``lppl risk``: chances as a table, a sentence, JSON and a picture, with nothing after the date."""

import json

import pytest

from lppl import datasets
from scanners.core.figures import chance_of, factor
from scanners.report import risk_picture
from scanners.risk import fall_risk

TOP = "2000-03-10"


@pytest.fixture(scope="module")
def top():
    return fall_risk(datasets.load("nasdaq")[:TOP], asset_class="equity_index")


def test_the_table_shows_what_the_library_says(lppl, top):
    code, out, err = lppl("risk", "nasdaq", "--as-of", TOP)
    assert (code, err) == (0, "")
    now, usual = top.table.at[20, 120], top.usual.at[20, 120]
    assert f"{chance_of(now)} ({chance_of(usual)})" in out
    assert factor(top.factors["bubble"].at[10, 60]) in out
    assert " ".join(top.sentence(10, 60).split()[:12]) in " ".join(out.split())


def test_json_has_every_cell_and_the_class_of_the_watchlist(lppl, top):
    found = json.loads(lppl("risk", "nasdaq", "--as-of", TOP, "--json")[1])
    assert found == json.loads(json.dumps(top.to_dict()))
    assert (found["asset_class"], len(found["chance"])) == ("equity_index", 20)


def test_a_currency_gets_sizes_that_make_sense(lppl):
    found = json.loads(lppl("risk", "gold", "--as-of", TOP, "--asset-class", "currency", "--json")[1])
    assert {name.partition("_")[0] for name in found["chance"]} == {"2", "5", "10", "1s", "1.5s"}


def test_a_picture_is_written(lppl, tmp_path, monkeypatch):
    monkeypatch.setattr(risk_picture, "STEP", 100)  # five looks back; a hundred are no other picture
    code, out, _ = lppl("risk", "nasdaq", "--as-of", TOP, "--plot", "risk.png")
    assert code == 0 and "risk.png" in out
    assert (tmp_path / "risk.png").read_bytes().startswith(b"\x89PNG")


def test_bars_that_were_not_measured_get_no_chance(lppl, tmp_path):
    weekly = datasets.load("nasdaq").resample("W").last().rename("close")
    weekly.rename_axis("date").to_csv(tmp_path / "weekly.csv", date_format="%Y-%m-%d")
    code, out, _ = lppl("risk", "weekly.csv")
    assert code == 0
    assert "No chance is stated: closes lie 7 days apart" in " ".join(out.split())


@pytest.mark.parametrize(
    ("chance", "shown"), [(0.0, "<1"), (0.004, "<1"), (0.31, "31"), (0.994, "99"), (1.0, ">99")]
)
def test_nothing_is_certain(chance, shown):
    assert chance_of(chance) == shown
