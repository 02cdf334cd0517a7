"""Compare C under the two readings of "maximum relative error <= .05": of the price, and of the log price.

    python scripts/log_price_error.py --data ../shared/prices [--dates 1000]

On random dates of the development panel. The published filters do not say which is meant; this package takes
the price. A relative error of the log price changes with the unit of the price: it asks little of an index
at 5,000 and much of a currency at 1.2.
"""

import dataclasses

import development
import numpy as np

import lppl
from scanners.evidence.series_fits import consensus_of

DAILY = lppl.PRESETS["daily"]
THRESHOLDS = (0.1, 0.15, 0.2, 0.3, 0.4)


def of_the_log_price(windows):
    """Return the fits with the relative error of the log price in place of that of the price."""
    t, y = windows.prices.t, windows.prices.y
    errors = np.full(len(windows), np.nan)
    for k in np.flatnonzero(windows.success):
        n = int(windows.length[k])
        names = ("tc", "m", "omega", "A", "B", "C1", "C2")
        fit = lppl.log_price(t[-n:], *(float(getattr(windows, name)[k]) for name in names))
        errors[k] = np.max(np.abs(y[-n:] - fit) / np.abs(fit))
    return dataclasses.replace(windows, max_relative_error=errors)


def main():
    parser = development.parser(__doc__)
    parser.add_argument("--dates", type=int, default=1000)
    options = parser.parse_args()
    found = []
    for seen in development.random_dates(options, options.dates):
        windows = lppl.fit_windows(seen, lengths=DAILY.available(len(seen)), space=DAILY.space)
        found.append([consensus_of(one)[0] for one in (windows, of_the_log_price(windows))])
    values = np.array(found)
    print(f"C upward on {len(values)} random dates; correlation {np.corrcoef(values.T)[0, 1]:.3f}\n")
    head = "".join(f" at least {threshold:g} |" for threshold in THRESHOLDS)
    print(f"| relative error of the |{head} 95% | 99% | largest |\n|" + "---|" * (len(THRESHOLDS) + 4))
    for label, column in zip(("price", "log price"), values.T, strict=True):
        shares = "".join(f" {np.mean(column >= threshold):.1%} |" for threshold in THRESHOLDS)
        tail = "".join(f" {value:.2f} |" for value in (*np.quantile(column, (0.95, 0.99)), column.max()))
        print(f"| {label} |{shares}{tail}")


if __name__ == "__main__":
    main()
