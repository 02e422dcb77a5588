"""Exact arithmetic on minor units: one way to round and one way to share."""

from collections.abc import Sequence
from fractions import Fraction


def half_up(amount: Fraction) -> int:
    """Round to a whole minor unit, halves away from zero (the practice of EN 16931)."""
    doubled = abs(amount) * 2
    rounded = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    return rounded if amount >= 0 else -rounded


def percent_of(minor: int, percent: str) -> int:
    """`percent` (text such as `"25.5"`) of an amount, rounded half up once."""
    return half_up(Fraction(minor) * Fraction(percent) / 100)


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` by weight with the largest remainder, ties to the lowest index; the parts always add up.

    Equal shares when every weight is zero. Weights are not negative.
    """
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
