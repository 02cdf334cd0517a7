"""Compiled logarithm, exponential, sine and cosine without branches, so that loops over them vectorise.

The polynomials interpolate at Chebyshev nodes what the reduced argument leaves.
"""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from lppl._kernels.jit import ELEMENTWISE, kernel

_LN2_HI, _LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_PI_HI, _PI_MID, _PI_LO = 3.141592651605606, 1.9841871583270443e-09, 1.034036596358821e-18
_MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer kept in the low bits


@intrinsic
def _bits(typingctx, x):
    """Return the bits of a double as a signed integer."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), codegen


@intrinsic
def _double(typingctx, x):
    """Return the double that has the bits of a signed integer."""

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), codegen


@kernel("UniTuple(f8, 2)(f8)", flags=ELEMENTWISE)
def log_inverse(x):
    """Return ln x and 1/x for a positive normal x, to a few ulp, at the cost of one division."""
    bits = _bits(x)
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    z = _double(bits - (exponent << 52))  # in [sqrt(1/2), sqrt(2))
    k = _double(exponent + 0x4338000000000000) - _MAGIC  # int to float without a conversion
    both = 1.0 / (x * (z + 1.0))
    s = (z - 1.0) * (x * both)
    q = s * s
    p = 0.07308292712467061
    p = p * q + 0.0766585530910321
    p = p * q + 0.09091444727837553
    p = p * q + 0.11111105565129938
    p = p * q + 0.14285714313001635
    p = p * q + 0.19999999999949722
    p = p * q + 0.3333333333333335
    return k * _LN2_HI + (2.0 * s + (2.0 * s * q * p + k * _LN2_LO)), (z + 1.0) * both


@kernel("f8(f8)", flags=ELEMENTWISE)
def log(x):
    """Return ln x for a positive normal x, to a few ulp."""
    return log_inverse(x)[0]


@kernel("f8(f8)", flags=ELEMENTWISE)
def exp(x):
    """Return e**x for abs(x) < 700, to a few ulp."""
    shifted = x * 1.4426950408889634 + _MAGIC
    k = shifted - _MAGIC
    r = (x - k * _LN2_HI) - k * _LN2_LO
    p = 2.510038549551032e-08
    p = p * r + 2.7620088445409746e-07
    p = p * r + 2.7557268459997064e-06
    p = p * r + 2.4801521295954376e-05
    p = p * r + 0.00019841269863053618
    p = p * r + 0.0013888888917213717
    p = p * r + 0.008333333333330062
    p = p * r + 0.04166666666662413
    p = p * r + 0.16666666666666669
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return _double(_bits(p) + (_bits(shifted) << 52))


@kernel("UniTuple(f8, 2)(f8)", flags=ELEMENTWISE)
def sincos(x):
    """Return sin x and cos x for abs(x) < 1e5, to 1e-15 absolute."""
    shifted = x * 0.3183098861837907 + _MAGIC
    k = shifted - _MAGIC
    flip = _bits(shifted) << 63
    r = ((x - k * _PI_HI) - k * _PI_MID) - k * _PI_LO
    q = r * r
    s = 2.731428986122616e-15
    s = s * q - 7.643969031052769e-13
    s = s * q + 1.6058977272815506e-10
    s = s * q - 2.5052107616384595e-08
    s = s * q + 2.755731921915843e-06
    s = s * q - 0.00019841269841254955
    s = s * q + 0.008333333333333316
    s = s * q - 0.16666666666666666
    s = s * q * r + r
    c = 4.64640971522779e-14
    c = c * q - 1.1466250478536745e-11
    c = c * q + 2.0876681513907184e-09
    c = c * q - 2.7557318572848315e-07
    c = c * q + 2.4801587298910888e-05
    c = c * q - 0.0013888888888884763
    c = c * q + 0.04166666666666666
    c = c * q - 0.5
    c = c * q + 1.0
    return _double(_bits(s) ^ flip), _double(_bits(c) ^ flip)
