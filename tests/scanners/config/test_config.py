"""Configuration: every layer, every refusal names key, rule and source, and no secret is ever shown."""

import json

import pytest
from own_settings import GOOD, write

from lppl import PRESETS
from scanners.config.layers import load
from scanners.config.presets import build
from scanners.config.settings import Settings
from scanners.core.errors import CommandError

pytestmark = pytest.mark.usefixtures("empty_folder")


def test_without_a_file_everything_has_its_default():
    found = load(environment={})
    assert found.settings == Settings()
    assert {origin for _, _, origin in found.listed()} == {"default"}


def test_file_below_environment_below_options(empty_folder):
    write(
        empty_folder, "[mail]\nport = 1\ndeadline = 5\nhost = 'a'\nsender = 'a@b'\n[alerts]\nclear_runs = 3"
    )
    environment = {"LPPL_MAIL__PORT": "2", "LPPL_MAIL__HOST": "10", "LPPL_SMTP_PASSWORD": "x", "HOME": "/"}
    found = load(environment=environment, options={"mail.port": 3, "scan.jobs": None})
    assert (found.settings.mail.port, found.settings.mail.host) == (3, "10")
    assert (found.settings.mail.deadline, found.settings.alerts.clear_runs) == (5.0, 3)
    assert found.origin("mail.port") == "option for mail.port"
    assert found.origin("mail.host") == "environment LPPL_MAIL__HOST"
    assert found.origin("mail.deadline") == "scanner.toml"
    assert found.origin("scan.jobs") == "default"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[mial]\nport = 1", "scanner.toml: unknown key mial: did you mean mail?"),
        ("[mail]\nprot = 1", "unknown key mail.prot: did you mean mail.port?"),
        ("[mail]\npassword = 'hunter2'", "unknown key mail.password: did you mean mail.password_"),
        (
            "[[route]]\nname='a'\nrecipients=['a@b']\nlevl='watch'",
            "route[1].levl: did you mean route[1].level?",
        ),
        (
            "[policy.by_asset_class.crypto]\ncritcal = 1",
            "did you mean policy.by_asset_class.crypto.cri",
        ),
        ("[policy.by_asset_class.bonds]\ncritical = 1", "by_asset_class.bonds must be one of equity_index"),
        ("[policy.by_asset_class.crypto]\ncritical = 0.1", "warning <= critical"),
        ("[policy.by_asset_class.crypto]\ncritical = 'high'", "crypto.critical: Expected float, got str"),
        ("[policy]\nwarning = 0.9", "policy: thresholds must keep"),
        ("[policy]\nhigh = 1.2", "policy: thresholds must keep 1 < raised <= high"),
        ("[policy]\nrun_up = -1.0", "run_up must not be negative, got -1"),
        ("[policy]\nrules = 'mine'", "policy.rules: must be one of measured, first-study, got 'mine'"),
        (
            "[policy]\nwatch_record = {hit = 0.5, base = 0.4}",
            "watch_record has no meaning any more: major tops",
        ),
        ("[policy]\nnear_by_chance = 0.1", "near_by_chance has no meaning any more: the state of the path"),
        ("[[route]]\nname='x'\nrecipients=['a@b.org']\nrisk='huge'", "route[0].risk: must be one of"),
        (
            "[[route]]\nname='x'\nrecipients=['a@b.org']\nchance={fall='20', sessions=120}",
            "at_least or times_usual must be above 0",
        ),
        ("[policy]\ncapitulation_cap = 'high'", "capitulation_cap: must be one of calm, critical, wa"),
        ("[scan]\ntrust = 'some'", "scan.trust: must be one of all, none, raised, got 'some'"),
        ("[[route]]\nname='x'\nrecipients=['a@b.org']\nlevel='high'", "route[0].level: must be one of crit"),
        ("[policy]\nminimum_windows = 27", "minimum_windows must lie in [1, 26], got 27"),
        ("[policy]\nstale_after = -1", "stale_after must not be negative, got -1"),
        ("[mail]\nport = '25'", "mail.port: Expected int, got str"),
        ("[mail]\nhost = 'mail..example.org'\nsender='a@b'", "host must be a name such as mail.example.org"),
        ("[mail]\nhost = 'a'", "mail: sender must be an address when host is set"),
        ("[mail]\nusername = 'a'\nsecurity = 'none'", "security must be 'starttls' or 'tls'"),
        ("[mail]\npassword_file = 'a'\npassword_credential = 'b'", "must not both be set"),
        ("[mail]\npassword_credential = '../b'", "mail.password_credential"),
        ('[mail]\nsender_name = "a\\nBcc: b@c"', "mail.sender_name"),
        ('[mail]\nsender = "a@b\\nBcc: c@d"', "mail"),
        ("[mail]\ndeadline = 0", "mail.deadline"),
        ("[[route]]\nname='a'\nrecipients=['A <a@b>']", "recipients must be plain addresses"),
        ("[[route]]\nname='a'\nrecipients=['a@b', 'A@b']", "recipients must differ"),
        ("[[route]]\nname='a'\nrecipients=[]", "recipients or notify of route 'a' must name somebody"),
        ("[[route]]\nname='a'\nnotify=['tgram://hunter2']", "notify must say where an address is, env:NAME"),
        ("[[route]]\nname='a'\nnotify=['env:A', 'env:A']", "notify must differ, got env:A, env:A"),
        ("[[route]]\nname='a'\nnotify=['env:A B']", "number 1 of route 'a' does not"),
        ("[[route]]\nname='a'\nnotify=['credential:../x']", "number 1 of route 'a' does not"),
        ("[[route]]\nname='a'\nrecipients=['a@b']", "mail.sender must be an address when a route has"),
        ("[mail]\nsender='a@b'\n" + 2 * "[[route]]\nname='a'\nrecipients=['a@b']\n", "names must differ"),
        ("[schedule]\ntimezone = 'Europe/Zurch'", "timezone must be a name such as"),
        ("[schedule]\ntime = '24:00'", "schedule.time"),
        ("[ping]\nurl = 'file:///etc/passwd'", "ping: url must be an address of the web, or say where"),
        ("[ping]\nurl = 'hunter2'", "ping: url must be an address of the web"),
        ("[[route]]\nname='a'\nnotify=['webhook:https://x.org hunter2']", "number 1 of route 'a' does not"),
        ("[preset.daily]\nlengths=[100]\n[preset.daily.filters.x]", "preset.daily: the name must not be"),
        ("[preset.p]\nlengths=[100]", "preset.p: Object missing required field filters"),
        ("[preset.p]\nlengths=[5]\n[preset.p.filters.x]", "preset.p.lengths[0]"),
        ("[preset.p]\nlengths=[50, 50]\n[preset.p.filters.x]", "preset.p: lengths must differ"),
        ("[preset.p]\nlengths=[50]\nspace={m=[0,9]}\n[preset.p.filters.x]", "m must lie in [0, 4]"),
        ("[preset.p]\nlengths=[50]\n[preset.p.filters.x]\nm=[1,0]", "m must be (low, high)"),
        ("[preset.p]\nlengths=[50]\n[preset.p.filters.x]\nomgea=[1,2]", "filters.x.omgea: did you mean"),
        ("[report]\nurl='https://u:p@h/'", "url must be an address such as https://desk.example.org/outputs"),
        ("[mail", "scanner.toml: "),
        ("scan = 3", "scan: Expected object, got int"),
    ],
)
def test_what_is_wrong_is_refused_with_key_and_source(empty_folder, text, message):
    write(empty_folder, text)
    with pytest.raises(CommandError) as refused:
        load(environment={})
    assert message in str(refused.value) and "scanner.toml" in str(refused.value)
    assert "\n" not in str(refused.value).replace("\\n", "") and "hunter2" not in str(refused.value)


def texts():
    """Return every setting that is text, with the file that sets it to VALUE."""
    found = [
        (key, f"{key} = VALUE") for key, value, _ in load(environment={}).listed() if isinstance(value, str)
    ]
    route = "[mail]\nsender = 'a@b'\n[[route]]\nname = 'a'\nrecipients = ['a@b']\n"
    found += [(f"route[0].{key}", f"{route}{key} = [VALUE]") for key in ("watchlists", "notify")]
    found += [("route[0].name", route.replace("name = 'a'", "name = VALUE"))]
    return [*found, ("route[0].recipients", route.replace("['a@b']", "[VALUE]"))]


@pytest.mark.parametrize("value", ["x\\n", "x\\r", "a@b.c\\r\\nBcc: x@y.z", "env:A\\n", "UTC\\n", "06:00\\n"])
def test_no_text_may_hold_a_line_end(empty_folder, value):
    for key, text in texts():
        write(empty_folder, text.replace("VALUE", f'"{value}"'))
        with pytest.raises(CommandError) as refused:
            load(environment={})
        assert key.partition("[")[0].partition(".")[0] in str(refused.value), key
    with pytest.raises(CommandError, match="environment LPPL_MAIL__SENDER_NAME"):
        load(environment={"LPPL_MAIL__SENDER_NAME": value.replace("\\r", "\r").replace("\\n", "\n")})


def test_a_wrong_variable_is_named():
    with pytest.raises(CommandError, match=r"environment LPPL_MAIL__PORT: mail\.port: Expected int"):
        load(environment={"LPPL_MAIL__PORT": "high"})
    with pytest.raises(CommandError, match=r"LPPL_MAIL__PROT: unknown key mail\.prot: did you mean"):
        load(environment={"LPPL_MAIL__PROT": "1"})


def test_a_named_file_must_be_there(tmp_path):
    with pytest.raises(CommandError, match="cannot read"):
        load(tmp_path / "none.toml", environment={})


def test_own_presets_become_presets_of_the_library(empty_folder):
    write(empty_folder, GOOD)
    preset = build("mine", load(environment={}).settings.preset["mine"])
    assert type(preset) is type(PRESETS["daily"]) and preset.lengths == (200, 100)
    assert preset.filters["strict"].m == (0.1, 0.9) and preset.space.horizon_fraction == (-0.2, 0.2)


def test_show_prints_a_file_that_gives_the_same_settings(lppl, empty_folder):
    write(empty_folder, GOOD)
    code, out, _ = lppl("config", "show")
    (empty_folder / "again.toml").write_text(out, "utf-8")
    assert code == 0 and 'mail.host = "mail.example.org"  # scanner.toml' in out
    again, first = (load(empty_folder / name, environment={}) for name in ("again.toml", "scanner.toml"))
    assert again.settings == first.settings


def test_one_changed_threshold_hides_no_other(lppl, empty_folder):
    _, whole, _ = lppl("config", "show")
    write(empty_folder, "[policy]\ncritical = 0.45")
    _, out, _ = lppl("config", "show")
    assert out == whole.replace("policy.critical = 0.3  # default", "policy.critical = 0.45  # scanner.toml")


def test_show_as_json_and_only_what_changed(lppl, empty_folder, monkeypatch):
    monkeypatch.setenv("LPPL_ALERTS__CLEAR_RUNS", "7")
    _, out, _ = lppl("config", "show", "--json", "--changed")
    assert json.loads(out) == {
        "alerts.clear_runs": {"value": 7, "from": "environment LPPL_ALERTS__CLEAR_RUNS"}
    }


def test_validate_looks_for_the_certificates(lppl, empty_folder):
    write(empty_folder, "[mail]\nca_file = 'none.pem'")
    code, _, err = lppl("config", "validate")
    assert code == 1 and "mail.ca_file: there is no file none.pem" in err
