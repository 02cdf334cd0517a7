"""Thresholds: by asset class, refused where they make no sense, and what decides no level among them."""

from dataclasses import replace

import pytest
from own_settings import GOOD, write

from scanners.config.layers import load
from scanners.config.policy import FIRST_STUDY, Policy
from scanners.core.errors import CommandError

pytestmark = pytest.mark.usefixtures("empty_folder")


def test_policy_overrides_by_asset_class_are_typed(empty_folder):
    write(empty_folder, GOOD)
    policy = load(environment={}).settings.policy
    crypto = policy.for_class("crypto")
    assert (policy.critical, crypto.critical, policy.for_class("currency").critical) == (0.45, 0.5, 0.45)
    assert crypto.warning == policy.warning and crypto.z250 == 1.5


def overrides():
    """Return every threshold with another legal value, as TOML."""
    found = {"capitulation_cap": "'critical'"}
    for name, value in vars(Policy()).items():
        if isinstance(value, int | float):
            found[name] = str(value + 1 if isinstance(value, int) else value + 0.01)
    return found


def test_every_threshold_can_differ_by_asset_class(empty_folder):
    assert set(overrides()) == set(Policy.__dataclass_fields__) - {"by_asset_class"}
    for asset_class in ("equity_index", "commodity", "currency", "bond_future", "crypto"):
        lines = "\n".join(f"{name} = {value}" for name, value in overrides().items())
        write(empty_folder, f"[policy.by_asset_class.{asset_class}]\n{lines}")
        policy = load(environment={}).settings.policy
        theirs, other = policy.for_class(asset_class), policy.for_class("equity")
        assert other == replace(Policy(null_paths=99), by_asset_class=policy.by_asset_class)
        for name in overrides():
            assert getattr(theirs, name) != getattr(other, name), name


@pytest.mark.parametrize("name", [name for name in overrides() if name != "capitulation_cap"])
def test_a_threshold_of_a_class_that_is_wrong_is_named(empty_folder, name):
    write(empty_folder, f"[policy.by_asset_class.crypto]\n{name} = 'high'")
    with pytest.raises(CommandError, match=rf"scanner.toml: policy\.by_asset_class\.crypto\.{name}"):
        load(environment={})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"acceleration": float("nan")}, "acceleration must be finite, got nan"),
        ({"critical": float("nan")}, "thresholds must keep"),
        ({"z250": float("inf")}, "z250 must be finite, got inf"),
        ({"trend_p": 1.5}, r"trend_p must lie in \[0, 1\], got 1.5"),
        ({"false_discovery": -0.1}, r"false_discovery must lie in \[0, 1\], got -0.1"),
        ({"null_paths": -1}, "null_paths must not be negative, got -1"),
        (
            {"by_asset_class": {"crypto": {"critcal": 0.5}}},
            "there is no threshold 'critcal'",
        ),
        ({"by_asset_class": {"crypto": {"critical": 0.1}}}, "thresholds must keep"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Policy(**changes)


def test_what_decides_no_level_leaves_the_thresholds_as_they_are():
    words = {"null_paths": 9, "false_discovery": 0.2, "stale_after": 3, "critical_by_chance": 0.1}
    for same in (Policy(**words), Policy(by_asset_class={"crypto": words | {"critical": 0.3}})):
        assert same.thresholds == Policy().thresholds
    stricter = {"critical": 0.5}
    for other in (Policy(**stricter), Policy(by_asset_class={"crypto": stricter})):
        assert other.thresholds != Policy().thresholds


def test_policy_refuses_nesting():
    with pytest.raises(ValueError, match="must not be nested"):
        Policy(by_asset_class={"crypto": {"by_asset_class": {}}})


def test_rules_of_the_first_study_are_one_key_and_own_keys_win(lppl, empty_folder):
    write(empty_folder, '[policy]\nrules = "first-study"\nwarning = 0.35\n')
    found = load(environment={})
    expected = Policy(**{**FIRST_STUDY, "warning": 0.35, "null_paths": 99})
    assert found.settings.policy == expected
    assert found.origin("policy.critical") == "policy.rules = first-study (scanner.toml)"
    assert found.origin("policy.warning") == "scanner.toml" and found.origin("policy.z250") == "default"
    _, out, _ = lppl("config", "show")
    write(empty_folder, out)  # says what the key stands for
    assert load(environment={}).settings.policy == expected
    write(empty_folder, "")
    assert load(environment={"LPPL_POLICY__RULES": "first-study"}).settings.policy.warning == 0.3
