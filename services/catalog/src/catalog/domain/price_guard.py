"""The price guard: a price that jumps is more often a slip of the comma than a decision, so its seller says it twice."""

from collections.abc import Iterable, Iterator

from catalog.domain.errors import LineProblem
from catalog.domain.offer import Offer
from catalog.domain.price_bounds import Bounds, PriceGuard, PriceOnSale
from chassis.kernel.money import Money, decimal_text


def price_jump(before: Offer, after: Offer, guard: PriceGuard) -> LineProblem | None:
    """Why the new prices need to be confirmed: one moved further from what it was than the market lets pass. A price in
    another currency cannot be compared and passes."""
    jumps = [_jump("/price", before.price, after.price, guard.move)]
    for country, price in after.prices.items():
        jumps.append(_jump(f"/prices/{country}", before.price_in(country), price, guard.move))
    if not any(jumps):
        return None
    return _asked_again(
        "The price moved so far that it must be confirmed", tuple(jump for jump in jumps if jump is not None)
    )


def first_price_problem(offer: Offer, on_sale: Iterable[PriceOnSale], guard: PriceGuard) -> LineProblem | None:
    """Why the prices of a new offer need to be confirmed: one is far from what the product costs elsewhere, or, where
    nobody sells it in that currency, from what anything of its category costs."""
    known = tuple(on_sale)
    errors = tuple(fault for one in _own_prices(offer) if (fault := _odd(*one, offer, known, guard)) is not None)
    return _asked_again("The first price is so unusual that it must be confirmed", errors) if errors else None


def _own_prices(offer: Offer) -> Iterator[tuple[str, Money]]:
    yield "/price", offer.price
    for country, price in offer.prices.items():
        yield f"/prices/{country}", price


def _jump(pointer: str, before: Money, after: Money, bounds: Bounds) -> dict[str, str] | None:
    if before.currency != after.currency:
        return None
    fault = _beyond(after.minor * 100, bounds.of(before), "price_fell", "price_rose")
    # Told only where it is wrong: nearly all prices of nearly all pushes pass.
    return _fault(pointer, fault, f"{_told(before)} would become {_told(after)}") if fault else None


def _odd(
    pointer: str, price: Money, offer: Offer, on_sale: tuple[PriceOnSale, ...], guard: PriceGuard
) -> dict[str, str] | None:
    category = offer.product.spec.category
    held_against = guard.comparable(offer.grade, price.currency, on_sale)
    if held_against is not None:
        fault = _beyond(price.minor * 100, guard.first.of(held_against.price), "price_too_low", "price_too_high")
        told = f"{offer.product.spec.title}, {held_against.grade}, costs {_told(held_against.price)}"
    elif (plausible := guard.plausible.get((category, price.currency))) is not None:
        fault = _beyond(price.minor, plausible, "price_too_low", "price_too_high")
        least, most = (_told(Money(minor, price.currency)) for minor in plausible)
        told = f"nobody sells it yet, and a {category} costs {least} to {most}"
    else:
        return None
    return _fault(pointer, fault, f"{_told(price)}: {told}")


def _beyond(amount: int, bounds: Bounds, below: str, above: str) -> str | None:
    if bounds.least <= amount <= bounds.most:
        return None
    return below if amount < bounds.least else above


def _fault(pointer: str, code: str | None, detail: str) -> dict[str, str] | None:
    return {"pointer": pointer, "detail": detail, "code": code} if code else None


def _asked_again(title: str, errors: tuple[dict[str, str], ...]) -> LineProblem:
    told = "; ".join(error["detail"] for error in errors)
    return LineProblem("price_guard", title, f"{told}. Send confirm_price: true", errors)


def _told(money: Money) -> str:
    return f"{decimal_text(money.minor, money.currency)} {money.currency}"
