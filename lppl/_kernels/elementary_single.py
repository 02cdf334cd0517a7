"""Compiled logarithm, exponential less one, sine and cosine in single precision, without branches.

As :mod:`lppl._kernels.elementary`, with polynomials as long as single precision resolves. What works on bits
is written in the compiler's own words: numba would widen integers of 32 bits.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from lppl._kernels.jit import ELEMENTWISE, kernel

_INT, _FLOAT = ir.IntType(32), ir.FloatType()
_HALF_ROOT = 0x3F3504F3  # bits of sqrt(1/2)
_MAGIC = np.float32(12582912.0)  # 1.5 * 2**23: adding it rounds to an integer kept in the low bits
_LN2, _LOG2E = np.float32(0.6931471805599453), np.float32(1.4426950408889634)
_LN2_HI, _LN2_LO = np.float32(0.693359375), np.float32(-2.12194440e-4)
_PI_HI, _PI_LO = np.float32(3.140625), np.float32(9.67653589793e-4)
_INVERSE_PI = np.float32(0.3183098861837907)
_ONE, _TWO = np.float32(1.0), np.float32(2.0)
_LOG = tuple(np.float32(c) for c in (0.14790199, 0.19994385, 0.33333343))
_EXP = tuple(np.float32(c) for c in (0.00139262, 0.00836317, 0.04166655, 0.16666577, 0.5))
_SIN = tuple(np.float32(c) for c in (2.63475639e-06, -1.98227395e-04, 8.33324214e-03, -1.66666660e-01))
_COS = tuple(
    np.float32(c) for c in (-2.62975174e-07, 2.47745797e-05, -1.38886516e-03, 4.16666594e-02, -0.5, 1.0)
)


@intrinsic
def _split(typingctx, x):
    """Return z in [sqrt(1/2), sqrt(2)) and k with ``x = z 2**k``."""

    def codegen(context, builder, signature, args):
        bits = builder.bitcast(args[0], _INT)
        k = builder.ashr(builder.sub(bits, ir.Constant(_INT, _HALF_ROOT)), ir.Constant(_INT, 23))
        z = builder.bitcast(builder.sub(bits, builder.shl(k, ir.Constant(_INT, 23))), _FLOAT)
        return context.make_tuple(builder, signature.return_type, (z, builder.sitofp(k, _FLOAT)))

    return types.UniTuple(types.float32, 2)(types.float32), codegen


@intrinsic
def _power_of_two(typingctx, shifted):
    """Return two to the integer in the low bits of a number that _MAGIC shifted."""

    def codegen(context, builder, signature, args):
        bits = builder.shl(builder.bitcast(args[0], _INT), ir.Constant(_INT, 23))
        return builder.bitcast(builder.add(bits, ir.Constant(_INT, 127 << 23)), _FLOAT)

    return types.float32(types.float32), codegen


@intrinsic
def _with_sign(typingctx, x, shifted):
    """Return x, its sign changed where the integer in the low bits of a shifted number is odd."""

    def codegen(context, builder, signature, args):
        x, shifted = (builder.bitcast(arg, _INT) for arg in args)
        return builder.bitcast(builder.xor(x, builder.shl(shifted, ir.Constant(_INT, 31))), _FLOAT)

    return types.float32(types.float32, types.float32), codegen


@kernel("UniTuple(f4, 2)(f4)", flags=ELEMENTWISE, inner=True, views=True)
def log_inverse(x):
    """Return ln x and 1/x for a positive normal x, to some 1e-7."""
    z, k = _split(x)
    both = _ONE / (x * (z + _ONE))
    s = (z - _ONE) * (x * both)
    q = s * s
    p = (_LOG[0] * q + _LOG[1]) * q + _LOG[2]
    return k * _LN2 + (_TWO * s + _TWO * s * q * p), (z + _ONE) * both


@kernel("f4(f4)", flags=ELEMENTWISE, inner=True, views=True)
def expm1(x):
    """Return e**x - 1 for abs(x) < 80, to some 1e-7 of it or of one."""
    shifted = x * _LOG2E + _MAGIC
    k = shifted - _MAGIC
    r = (x - k * _LN2_HI) - k * _LN2_LO
    p = ((((_EXP[0] * r + _EXP[1]) * r + _EXP[2]) * r + _EXP[3]) * r + _EXP[4]) * r * r + r
    scale = _power_of_two(shifted)
    return scale * p + (scale - _ONE)


@kernel("UniTuple(f4, 2)(f4)", flags=ELEMENTWISE, inner=True, views=True)
def sincos(x):
    """Return sin x and cos x for abs(x) < 1e4, to some 1e-7 beside the rounding of x."""
    shifted = x * _INVERSE_PI + _MAGIC
    k = shifted - _MAGIC
    r = (x - k * _PI_HI) - k * _PI_LO
    q = r * r
    s = (((_SIN[0] * q + _SIN[1]) * q + _SIN[2]) * q + _SIN[3]) * q * r + r
    c = ((((_COS[0] * q + _COS[1]) * q + _COS[2]) * q + _COS[3]) * q + _COS[4]) * q + _COS[5]
    return _with_sign(s, shifted), _with_sign(c, shifted)
