"""What each means of payment put on an order, and how a refund is spread over them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.errors import RefundExceedsPayment
from payments.domain.refund import Means, Source, means_of


@dataclass(frozen=True, slots=True)
class Share:
    """What one bank credit or card capture put on an order."""

    source: Source
    amount: Money

    @property
    def means(self) -> Means:
        """How it was paid, and how it goes back."""
        return means_of(self.source)


def spread(amount: Money, shares: Sequence[Share], given_back: Mapping[Id, int]) -> list[Share]:
    """The same means as it was paid with, the last one first, each at most what it put on the order (1.14).

    `shares` are in the order in which they came, `given_back` the minor units already refunded by source id. Raises
    RefundExceedsPayment.
    """
    parts: list[Share] = []
    left = amount.minor
    for share in reversed(shares):
        part = min(left, share.amount.minor - given_back.get(share.source.id, 0))
        if part > 0:
            parts.append(Share(share.source, Money(part, amount.currency)))
            left -= part
    if left:
        raise RefundExceedsPayment(missing_minor=left)
    return parts
