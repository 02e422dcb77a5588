"""The price guard: a price that jumps is more often a slip of the comma than a decision, so its seller says it twice."""

from catalog.domain.errors import LineProblem
from catalog.domain.offer import Offer
from chassis.kernel.money import Money, decimal_text

# A comma that slipped makes a tenth or tenfold. A clearance sale halves a price, a currency that was mistaken doubles it:
# between these nobody is asked.
FALL_TO_PERCENT = 50
RISE_TO_PERCENT = 300


def price_jump(before: Offer, after: Offer) -> LineProblem | None:
    """Why the new prices need to be confirmed: one is below half, or above three times, of what it was. A price in another
    currency cannot be compared and passes."""
    jumps = [
        _jump("/price", before.price, after.price),
        *(_jump(f"/prices/{country}", before.price_in(country), price) for country, price in after.prices.items()),
    ]
    errors = tuple(jump for jump in jumps if jump is not None)
    if not errors:
        return None
    told = "; ".join(error["detail"] for error in errors)
    return LineProblem(
        "price_guard", "The price moved so far that it must be confirmed", f"{told}. Send confirm_price: true", errors
    )


def _jump(pointer: str, before: Money, after: Money) -> dict[str, str] | None:
    if before.currency != after.currency:
        return None
    if before.minor * FALL_TO_PERCENT <= after.minor * 100 <= before.minor * RISE_TO_PERCENT:
        return None
    return {
        "pointer": pointer,
        "detail": f"{_told(before)} would become {_told(after)}",
        "code": "price_fell" if after.minor < before.minor else "price_rose",
    }


def _told(money: Money) -> str:
    return f"{decimal_text(money.minor, money.currency)} {money.currency}"
