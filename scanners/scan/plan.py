"""The plan of a run: what was asked for, fixed before the first price is read."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from functools import partial

from lppl.indicators.presets import PRESETS, Preset, find
from scanners.config.policy import Policy
from scanners.core.versions import package_version
from scanners.core.vocabulary import Extent
from scanners.evidence.series_fits import CONSENSUS
from scanners.prices.agreement.table import SourceRow
from scanners.scan.regime import Regime

DEFAULT = Policy()


@dataclass(frozen=True)
class Plan:
    """What a run is asked for.

    Parameters
    ----------
    watchlist : str
        Name of the list.
    as_of : str
        ISO date.
    preset : str or lppl.Preset
        Windows and filters shown beside those that decide, a name in ``lppl.PRESETS``, or the user's own;
        ``daily``, which decides, for none.
    preset_name : str
        Its name.
    filters : tuple of str
        Names of the shares that a table shows: the filters that decide, then those of the preset beside.
    policy : Policy
        Thresholds.
    configuration : str
        Short hash of what decides a verdict besides the prices; see `scanners.config.policy.Policy.identity`.
    shown : str
        Short hash of all that rows show: with the preset, quoted records, comparisons with chance.
    version : str
        Of lppl-scanner.
    trust : {"raised", "all", "none"}
        Series that get the trust indicator; it decides no verdict.
    regime : Regime
        Systems that were read with the scan, and the context of its FOMO verdicts.
    sources : tuple of SourceRow
        Where the stored series come from, and whether their sources agree; shown, it decides nothing.
    at : datetime
        When it was asked for, with a time zone; episodes and mails are dated by it.
    """

    watchlist: str
    as_of: str
    preset: str | Preset
    preset_name: str
    filters: tuple[str, ...]
    policy: Policy
    configuration: str
    shown: str
    version: str
    trust: Extent = "raised"
    regime: Regime = field(default_factory=Regime)
    sources: tuple[SourceRow, ...] = field(default=(), compare=False)
    at: datetime = field(default_factory=partial(datetime.now, timezone.utc), compare=False)


def plan_of(
    watchlist: str, as_of: str, preset: str | Preset, policy: Policy = DEFAULT, trust: Extent = "raised"
) -> Plan:
    """Return the plan of a run with this program."""
    found = find(preset)
    return Plan(
        watchlist=watchlist,
        as_of=as_of,
        preset=preset,
        preset_name=found.name,
        filters=shares_of(found),
        policy=policy,
        configuration=policy.identity,
        shown=shown_hash(policy, preset),
        version=package_version("lppl-scanner"),
        trust=trust,
    )


def shares_of(preset: Preset) -> tuple[str, ...]:
    """Return the names of the shares that a table shows when a preset stands beside what decides."""
    beside = () if preset.name == CONSENSUS else tuple(f"{preset.name}_{name}" for name in preset.filters)
    return (*PRESETS[CONSENSUS].filters, *beside)


def shown_hash(policy: Policy, preset: str | Preset) -> str:
    """Return a short hash of everything that a row shows besides the prices, also what decides nothing."""
    return hashlib.sha256(repr((asdict(policy), preset)).encode()).hexdigest()[:12]
