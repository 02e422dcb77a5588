"""What a line would change of an offer, field by field, in words for people."""

from collections.abc import Mapping
from typing import Any

from catalog.domain.offer import Offer, StockedOffer
from chassis.kernel.money import Money, decimal_text

# Not the seller's to set, or told under another name.
_UNTOLD = frozenset({"id", "version", "seller_id", "sku", "product", "terms", "paused"})


def changes_between(before: StockedOffer, after: StockedOffer) -> dict[str, list[Any]]:
    """The fields that differ, each as it is and as it would be, under their names in a push line."""
    was, will_be = _told(before), _told(after)
    return {name: [was[name], will_be[name]] for name in was if was[name] != will_be[name]}


def _told(stocked: StockedOffer) -> dict[str, Any]:
    offer = stocked.offer
    fields = {name: getattr(offer, name) for name in Offer._fields if name not in _UNTOLD}
    fields |= offer.terms._asdict() | {"quantity": stocked.stock.counted, "state": "paused" if offer.paused else "live"}
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return f"{decimal_text(value.minor, value.currency)} {value.currency}"
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value if isinstance(value, int | str | None) else str(value)
