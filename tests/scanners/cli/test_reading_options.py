"""What a person says about how files are to be read reaches the files, by whatever command."""

import msgspec
import numpy as np
import pandas as pd
import pytest

from scanners.config.policy import Policy
from scanners.config.read_options import ReadOptions
from scanners.core.errors import CommandError
from scanners.past.replay_run import Sources
from scanners.past.skill import panel
from scanners.systems.command import readings
from scanners.systems.schema import load
from scanners.systems.shelf import Shelf
from scripts import command_pages

OPTIONS = {"--date-format", "--decimal", "--column", "--timezone", "--confirm"}
SAID = ReadOptions(date_format="%d/%m/%y", decimal=",", column="Fixing")
WORDS = ["--date-format", "%d/%m/%y", "--decimal", ",", "--column", "Fixing"]


@pytest.fixture
def closes(tmp_path):
    """Write x.csv, which is refused without what `SAID` says, and return what is in it."""
    days = pd.bdate_range("2018-01-01", periods=1000)
    steps = np.random.default_rng(0).normal(0.0003, 0.01, len(days))
    prices = pd.Series(np.round(3 * np.exp(np.cumsum(steps)), 3), days)
    lines = (f"{day:%d/%m/%y};{close:.3f};9".replace(".", ",") for day, close in prices.items())
    (tmp_path / "x.csv").write_text("date;Fixing;close\n" + "\n".join(lines))
    return prices


def test_every_command_that_reads_files_takes_the_options():
    reading = {}
    for name, command in command_pages.commands():
        names = {option for item in command.params for option in item.opts}
        takes = [item.metavar or "" for item in command.params if item.param_type_name == "argument"]
        if "--data" in names or any(".csv" in word or "FILE|FOLDER" in word for word in takes):
            reading[name] = names
    assert len(reading) >= 11
    assert {name: OPTIONS - names for name, names in reading.items() if not names >= OPTIONS} == {}


def test_risk_and_replay_read_a_file_as_they_are_told(closes, tmp_path, lppl):
    code, _, err = lppl("risk", "x.csv")
    assert code == 1 and "--date-format" in err
    code, _, err = lppl("risk", "x.csv", *WORDS)
    assert code == 0, err
    code, _, err = lppl("replay", "x.csv", "--from", "2099-01-01", *WORDS)  # read, and then no session
    assert code == 1 and "2021-10-29" in err, err
    for sources, name in ((Sources(tmp_path, None, SAID), "x"), (Sources(None, None, SAID), "x.csv")):
        assert sources.read(name).tolist() == closes.tolist()


def test_a_panel_is_read_as_its_entries_and_the_command_say(closes, tmp_path):
    text = '[[series]]\nname = "mine"\nasset_class = "equity_index"\nsymbols = {{ csv = "x" }}\n{}'
    options = 'date_format = "%d/%m/%y"\ndecimal = ","\ncolumn = "Fixing"\n'
    for words, said in ((options, None), ("", SAID)):
        (tmp_path / "p.toml").write_text(text.format(words))
        (found,) = panel.members(panel.load(str(tmp_path / "p.toml")), tmp_path, 50, Policy(), said)
        assert found.prices.tolist() == closes.tolist()
    with pytest.raises(CommandError, match="--date-format"):
        panel.members(panel.load(str(tmp_path / "p.toml")), tmp_path, 50, Policy())


def test_systems_read_their_files_as_they_are_told(closes, tmp_path):
    (tmp_path / "dxy.csv").write_bytes((tmp_path / "x.csv").read_bytes())
    system = load("dollar")
    monitor = next(one for one in system.monitor if "dxy" in str(one.inputs))
    alone = msgspec.structs.replace(system, monitor=(monitor,), lead=None)
    shown = {}
    for reading in (None, SAID):
        found = readings(
            [alone], "2021-10-01", folders=[tmp_path], database=tmp_path / "no.db", jobs=1, reading=reading
        )
        shown[reading] = found.systems[0].readings[0].evidence
    assert "--date-format" in shown[None] and "--date-format" not in shown[SAID]
    shelf = Shelf("2021-10-01", system.sources(), folders=[tmp_path], reading=SAID)
    assert shelf.get("dxy").tolist() == closes[:"2021-10-01"].tolist()
