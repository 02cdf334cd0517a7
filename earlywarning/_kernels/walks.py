"""Null paths by the hundred: Student-t noise from raw random words, and walks that go on side by side.

Each number has the bits that numpy's generator and the kernels of ``paths`` give it.
"""

import math

import numpy as np

from earlywarning._kernels.jit import kernel

LANES = 8  # paths a time: a step of one waits for its last, those of others need not
SPARE = 200  # words that no single draw uses up: it rejects one try in some twenty
# Of the 256 strips of numpy's ziggurat: where its tail begins, and the inverse.
_TAIL, _TAIL_INVERSE = 3.654152885361009, 0.2736612373297583
_U = np.uint64
_ONE, _EIGHT, _ELEVEN = _U(1), _U(8), _U(11)
_STRIP, _MANTISSA = _U(0xFF), _U(0x000FFFFFFFFFFFFF)
_UNIT = 1.0 / 9007199254740992.0


@kernel(inner=True)
def _uniform(word):
    """Return a double in [0, 1) of a random word."""
    return np.float64(np.int64(word >> _ELEVEN)) * _UNIT


@kernel(inner=True)
def _outside(words, place, x, mantissa, strip, inside, width, height):
    """Return the next place and a normal value whose first word fell outside the body of its strip."""
    while True:
        if strip == _U(0):
            while True:
                far = -_TAIL_INVERSE * math.log1p(-_uniform(words[place]))
                place += _ONE
                drop = -math.log1p(-_uniform(words[place]))
                place += _ONE
                if drop + drop > far * far:
                    return place, -(_TAIL + far) if (mantissa >> _EIGHT) & _ONE else _TAIL + far
        u = _uniform(words[place])
        place += _ONE
        if (height[strip - _ONE] - height[strip]) * u + height[strip] < math.exp(-0.5 * x * x):
            return place, x
        word = words[place]
        place += _ONE
        strip = word & _STRIP
        word >>= _EIGHT
        mantissa = (word >> _ONE) & _MANTISSA
        x = np.float64(np.int64(mantissa)) * width[strip] * (1.0 - 2.0 * np.float64(np.int64(word & _ONE)))
        if mantissa < inside[strip]:
            return place, x


@kernel
def student_t(words, df, inside, width, height, out, done):
    """Fill ``out`` from ``done`` on with Student-t noise; return how many are filled, and words used.

    The normal value over the root of a gamma value by Marsaglia & Tsang (2000); needs ``df`` above 2. It
    stops when less than ``SPARE`` words are left.
    """
    b = 0.5 * df - 1.0 / 3.0
    c, root = 1.0 / math.sqrt(9.0 * b), math.sqrt(df / 2.0)
    place, most = _U(0), _U(words.size - SPARE)
    for k in range(done, out.size):
        if place > most:
            return k, np.int64(place)
        word = words[place]
        place += _ONE
        strip = word & _STRIP
        word >>= _EIGHT
        mantissa = (word >> _ONE) & _MANTISSA
        normal = np.float64(np.int64(mantissa)) * width[strip]
        normal *= 1.0 - 2.0 * np.float64(np.int64(word & _ONE))
        if mantissa >= inside[strip]:
            place, normal = _outside(words, place, normal, mantissa, strip, inside, width, height)
        cube = 0.0
        while True:
            word = words[place]
            place += _ONE
            strip = word & _STRIP
            word >>= _EIGHT
            mantissa = (word >> _ONE) & _MANTISSA
            x = np.float64(np.int64(mantissa)) * width[strip]
            x *= 1.0 - 2.0 * np.float64(np.int64(word & _ONE))
            if mantissa >= inside[strip]:
                place, x = _outside(words, place, x, mantissa, strip, inside, width, height)
            cube = 1.0 + c * x
            if cube <= 0.0:
                continue
            cube = cube * cube * cube
            u = _uniform(words[place])
            place += _ONE
            if u < 1.0 - 0.0331 * (x * x) * (x * x):
                break
            if math.log(u) < 0.5 * x * x + b * (1.0 - cube + math.log(cube)):
                break
        out[k] = root * normal / math.sqrt(b * cube)
    return out.size, np.int64(place)


@kernel
def garch_walks(noise, unit, mu, omega, alpha, beta, variance, start, burn, out):
    """Write GARCH(1,1) walks to ``out`` (paths, n) from ``noise`` (paths, burn + n - 1) times ``unit``.

    ``variance`` is where the conditional variance begins, ``burn`` steps before the walk does.
    """
    count, steps = noise.shape
    here, state = np.empty(LANES), np.empty(2 * LANES)  # the variances, then the levels
    for first in range(0, count, LANES):
        many = min(LANES, count - first)
        for i in range(LANES):
            state[i], state[LANES + i], here[i] = variance, start, 0.0
        for i in range(many):
            out[first + i, 0] = start
        for t in range(steps):
            for i in range(many):
                here[i] = noise[first + i, t]
            for i in range(LANES):
                shock = math.sqrt(state[i]) * (here[i] * unit)
                here[i] = mu + shock
                state[i] = omega + alpha * shock * shock + beta * state[i]
            if t >= burn:
                for i in range(LANES):
                    state[LANES + i] += here[i]
                for i in range(many):
                    out[first + i, t - burn + 1] = state[LANES + i]


@kernel
def walks(shocks, unit, start, intercept, persistence, out):
    """Write paths ``x' = intercept + persistence x + unit shock`` from ``start``, a row of shocks each."""
    count, n = shocks.shape
    here, level = np.empty(LANES), np.empty(LANES)
    for first in range(0, count, LANES):
        many = min(LANES, count - first)
        for i in range(LANES):
            level[i], here[i] = start, 0.0
        for i in range(many):
            out[first + i, 0] = start
        for t in range(n):
            for i in range(many):
                here[i] = shocks[first + i, t]
            for i in range(LANES):
                level[i] = intercept + persistence * level[i] + here[i] * unit
            for i in range(many):
                out[first + i, t + 1] = level[i]
