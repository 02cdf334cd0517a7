"""GARCH(1,1)-t in a kernel is the fit of arch, also where the likelihood is awkward."""

from pathlib import Path

import numpy as np
import pytest
from arch import arch_model
from numpy.testing import assert_allclose

import earlywarning._kernels.garch
import lppl._kernels.garch
from earlywarning.core.garch import fit_garch
from lppl import datasets


def simulated(n, omega, alpha, beta, nu, seed=0):
    rng = np.random.default_rng(seed)
    variance, steps = 1.0, np.empty(n)
    for i, shock in enumerate(rng.standard_t(nu, n) * np.sqrt((nu - 2) / nu)):
        steps[i] = np.sqrt(variance) * shock
        variance = omega + alpha * steps[i] ** 2 + beta * variance
    return steps


def returns(name, last):
    return np.diff(np.log(datasets.load(name)[:last].to_numpy()[-751:]))


RUN = simulated(750, 0.05, 0.1, 0.85, 5)
RUN[300:430] = 0.0
SERIES = {
    "nasdaq": returns("nasdaq", "2000-03-10"),
    "gold": returns("gold", "1987-06-01"),
    "sp500": returns("sp500", "2008-09-01"),
    "near integrated": simulated(750, 0.001, 0.08, 0.9195, 5),
    "few": simulated(60, 0.05, 0.1, 0.85, 4, seed=2),
    "a constant run": RUN,
    "no memory, no tails": np.random.default_rng(1).standard_normal(750),
}
# Where arch stops short: a spike at the constant value, a flat top towards the normal distribution.
HIGHER = {
    ("a constant run", "Constant"),
    ("no memory, no tails", "Zero"),
    ("no memory, no tails", "Constant"),
}


def oracle(steps, mean):
    return arch_model(steps / steps.std(), mean=mean, vol="GARCH", p=1, q=1, dist="t", rescale=False)


@pytest.mark.parametrize("mean", ["Zero", "Constant"])
@pytest.mark.parametrize("name", SERIES)
def test_the_fit_is_that_of_arch(name, mean):
    steps = SERIES[name] - (SERIES[name].mean() if mean == "Zero" else 0.0)
    found, model = fit_garch(steps, mean), oracle(steps, mean)
    parameters = np.array([found.mean, found.omega, found.alpha, found.beta, found.nu][mean == "Zero" :])
    reached = model.fix(parameters).loglikelihood
    theirs = model.fit(disp="off", show_warning=False, tol=1e-12, options={"maxiter": 500})
    assert reached > theirs.loglikelihood - 1e-6
    if (name, mean) not in HIGHER:
        assert reached == pytest.approx(theirs.loglikelihood, abs=1e-6)
        assert_allclose(parameters, theirs.params, atol=1e-3)


def test_variances_are_those_of_arch():
    steps = SERIES["nasdaq"] - SERIES["nasdaq"].mean()
    parameters, loss, ended, variances = lppl._kernels.garch.fit_garch_t(steps / steps.std(), False)
    theirs = oracle(steps, "Zero").fix(parameters[1:])
    assert ended
    assert -loss == pytest.approx(theirs.loglikelihood, rel=1e-12)
    assert_allclose(variances, theirs.conditional_volatility**2, rtol=1e-9)


def test_the_two_libraries_fit_alike():
    here, there = (
        Path(module.__file__).read_text().replace(name, "")
        for name, module in (("lppl", lppl._kernels.garch), ("earlywarning", earlywarning._kernels.garch))
    )
    assert here == there
