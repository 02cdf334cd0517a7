"""A level in a word with its days, and the rules behind it with what followed them."""

from scanners.config.policy import Policy
from scanners.core.vocabulary import RaisedLevel, RaisedRisk
from scanners.verdict.followed import as_alarm, level_followed, risk_followed
from scanners.verdict.headline import STRETCHED
from scanners.verdict.judgement import Judgement
from scanners.verdict.trail import Trail


def style_of(verdict: Judgement) -> str:
    """Return the name of a state in the style sheets."""
    if verdict.level is None:
        return "no-verdict"
    return "stretched" if verdict.state == STRETCHED else verdict.level


def days_of(trail: Trail | None, verdict: Judgement) -> str:
    """Return how long a raised level has stood, such as "34 d"; empty where it is not known."""
    if trail is None or verdict.level in (None, "calm"):
        return ""
    return f"{trail.sessions} d" if trail.whole else f"at least {trail.sessions} d"


def rules_of(policy: Policy) -> list[tuple[str, str, str]]:
    """Return level or risk, its rule, and what followed it, of everything that can be raised or described."""
    run_up = (
        f", or a return of {policy.run_up:+.0%} over 500 sessions with C3 at least {policy.shaped:.2f}"
        if policy.run_up
        else ""
    )
    stretched = f", or z250 at least {policy.stretched:g}" if policy.stretched else ""
    fomo = f"new 250-day high, acceleration above {policy.acceleration:g}, z250 above {policy.z250:g}"
    described = "a description: no forecast value for falls, measured"
    return [
        ("critical", f"C3 at least {policy.critical:.2f}{run_up}", _level("critical", policy)),
        ("warning", f"C3 at least {policy.warning:.2f}", _level("warning", policy)),
        ("watch", f"{fomo}{stretched}", _level("watch", policy)),
        (
            "risk high",
            f"chance at least {policy.high:g} times usual, or at least {policy.even:.0%}",
            _risk("high", policy),
        ),
        (
            "risk raised",
            f"chance at least {policy.raised:g} times usual",
            _risk("raised", policy),
        ),
        (
            "capitulation",
            f"downward C3 at least {policy.capitulation:.2f}",
            "measured for rises: adds nothing",
        ),
        (
            "path explosive",
            f"BSADF above its 99% value with a bootstrap p of at most {policy.explosive_p:g}",
            described,
        ),
        (
            "path divergent or convergent",
            "phase portrait identified, prices driven on or drawn back",
            described,
        ),
        (
            "path slowing",
            f"AR(1) and restoring rate rise together with p below {policy.trend_p:g}",
            described,
        ),
    ]


def _level(level: RaisedLevel, policy: Policy) -> str:
    return f"{level_followed(level, policy)} {as_alarm(level, policy)}".rstrip()


def _risk(risk: RaisedRisk, policy: Policy) -> str:
    return f"{risk_followed(risk, policy, '10_60')} {as_alarm(risk, policy)}".rstrip()
