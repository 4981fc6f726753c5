"""Whether the scale that a policy's width assumes is that of the rewards.

A policy with the setting `scale` plays on rewards s times as large, with `scale` s times as large, exactly as before.
Policies without it take the scale from the testbed's known variance, or need none.
"""

from bandits.policy import Policy
from bandits.testbed import Testbed

WIDE_SQUARED = 12.0  # a width of √12 σ and above is large: c = 2 is for rewards in [0, 1], whose σ is at most 1/2
NARROW = 0.25  # a width of so many σ and below is small: c = 1/4 earns less than c = 1 on the ten-armed testbed


def width_fits(policy: Policy, bed: Testbed, horizon: int) -> str:
    """The width c · scale is neither far above nor far below the standard deviation of the rewards."""
    width, deviation = policy.settings.c * policy.settings.scale, bed.variance**0.5
    if not 0.0 < deviation < float("inf"):
        return ""
    if width**2 >= WIDE_SQUARED * bed.variance:
        return f"its width c·scale={width:g} is large for a reward deviation of {deviation:.4g}: it explores long"
    if width <= NARROW * deviation:
        return (
            f"its width c·scale={width:g} is small for a reward deviation of {deviation:.4g}: it explores too little; "
            f"scale={deviation:.4g} fits"
        )
    return ""
