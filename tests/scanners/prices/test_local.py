"""The providers that need no network: the user's folder and the embedded prices."""

import time
from datetime import date

import numpy as np
import pytest

import lppl
from scanners.prices.interface import Bars, Request
from scanners.prices.providers import csv_folder, dataset

TEXT = "date,open,close\n2024-01-01,1,1\n2024-01-02,2,-36.98\n2024-01-02,2,\n2023-12-29,3,3\n"


def fetch(provider, *requests):
    return list(provider.fetch(requests, time.monotonic() + 10))


def test_folder_gives_what_the_file_holds_and_leaves_judging_to_the_gate(tmp_path):
    (tmp_path / "wti.csv").write_text(TEXT)
    (bars,) = fetch(csv_folder.provider(str(tmp_path)), Request("oil", "wti"))
    assert isinstance(bars, Bars)
    assert [str(day) for day in bars.sessions] == ["2024-01-01", "2024-01-02", "2024-01-02", "2023-12-29"]
    assert bars.close[1] == -36.98
    assert np.isnan(bars.close[2])
    assert bars.open.tolist() == [1, 2, 2, 3]
    assert (bars.series, bars.symbol, bars.provider) == ("oil", "wti", "csv")


def test_folder_takes_one_symbol_of_a_file_and_a_date_format(tmp_path):
    (tmp_path / "all.csv").write_text("date,symbol,close\n31/01/2024,NA,1\n31/01/2024,000660,2\n")
    provider = csv_folder.provider(str(tmp_path), date_format="%d/%m/%Y")
    (bars,) = fetch(provider, Request("hynix", "all#000660"))
    assert (bars.sessions[0].item(), bars.close.tolist()) == (date(2024, 1, 31), [2.0])


@pytest.mark.parametrize(
    ("symbol", "kind", "message"),
    [
        ("gold", "not_found", "no such file"),
        ("../wti", "not_found", "plain file name"),
        ("broken", "malformed", "broken.csv, line 2: date must be"),
        ("wti#X", "malformed", "no symbol column"),
        ("bare", "empty", "no session"),
    ],
)
def test_folder_failures(tmp_path, symbol, kind, message):
    (tmp_path / "wti.csv").write_text(TEXT)
    (tmp_path / "broken.csv").write_text("date,close\nx,1\n")
    (tmp_path / "bare.csv").write_text("date,close\n")
    (failure,) = fetch(csv_folder.provider(str(tmp_path)), Request("s", symbol))
    assert failure.kind == kind
    assert message in failure.message


def test_embedded_prices():
    outcomes = fetch(dataset.provider(), *(Request(name, name) for name in lppl.datasets.names()))
    for bars, name in zip(outcomes, lppl.datasets.names(), strict=True):
        assert bars.close.tolist() == lppl.datasets.load(name).tolist()
        assert bars.currency == "USD"
    unknown, nothing = fetch(
        dataset.provider(), Request("x", "dax"), Request("n", "nasdaq", date(2030, 1, 1))
    )
    assert (unknown.kind, nothing.kind) == ("not_found", "empty")
