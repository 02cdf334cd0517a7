"""Kernels that may reorder sums compute the same bits in every process."""

import os
import subprocess
import sys

import pytest

COMPUTE = """
import hashlib
import numpy as np
import earlywarning
x = np.cumsum(np.random.default_rng(3).standard_t(4, 400)) * 0.01
trend = earlywarning.trend_test(x, window=100, n=9)
portrait = earlywarning.portrait(x, n_null=9)
explosive = earlywarning.bsadf(x, log=False)
values = trend.null_tau, trend.residuals, portrait.coefficients, portrait.covariance, explosive.path
print(hashlib.sha256(b"".join(v.tobytes() for v in values)).hexdigest(), portrait.p_values)
"""


@pytest.mark.slow
def test_compiled_and_cached_kernels_compute_the_same_bits(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": os.getcwd()}
    command = [sys.executable, "-c", COMPUTE]
    compiled, cached = (subprocess.check_output(command, env=environment) for _ in range(2))
    assert compiled == cached
