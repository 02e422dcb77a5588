"""A delivery address that changes after the order: who was asked, and what it does to the VAT."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from orders.domain.errors import AddressChangesVat
from orders.domain.order import DeliverTo
from orders.domain.pricing import LineVat, RegimeSums, Sale, SoldLine, decisions_on, resummed
from tax import CategoriesDoNotMix, VatDecision


class AddressAnswer(StrEnum):
    """ASKED while the seller may answer; then what it said, or that it said nothing."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Taxed:
    """How lines are taxed at another place, for the same sums."""

    lines: tuple[SoldLine, ...]
    regimes: tuple[RegimeSums, ...]


@dataclass(frozen=True, slots=True)
class AddressChange:
    """The last wish of a seller order's buyer. `answer_by` and `taxed` are frozen when the seller is asked: what it agrees to
    is what was asked. `taxed` is None where nothing changes for VAT."""

    deliver_to: DeliverTo
    answer: AddressAnswer
    asked_at: datetime
    answer_by: datetime
    taxed: Taxed | None = None


def taxed_at(lines: Sequence[SoldLine], regimes: Sequence[RegimeSums], before: Sale, after: Sale) -> Taxed | None:
    """How the lines are taxed at the new place by the rules of checkout; None where that is as at the old one.

    Both places are asked about with what is known today, so that an answer of VIES that grew old in between is not held
    against the address. Another treatment goes through if it comes to the same sums: domain rules ask for the decision to be
    run again (1.6), and neither the directive nor the market cares that an exempt delivery is now an export. Raises
    AddressChangesVat where the sums, which are agreed and mostly paid, would be others or are not certain.
    """
    nets = [line.net for line in lines]
    old, new = decisions_on(before, lines, nets), decisions_on(after, lines, nets)
    if [_essence(one) for one in old] == [_essence(one) for one in new]:
        return None
    for decision in new:
        # Nobody knows the sum while an answer about the buyer's number is outstanding.
        if reason := decision.blocked or decision.hold_reason:
            raise AddressChangesVat(reason=reason, country=after.delivery_country)
    taxed = tuple(replace(line, vat=LineVat.of(decision)) for line, decision in zip(lines, new, strict=True))
    try:
        sums = tuple(resummed(one, taxed) for one in regimes)
    except CategoriesDoNotMix as refusal:
        raise AddressChangesVat(reason=refusal.code, country=after.delivery_country) from refusal
    if [one.totals for one in sums] != [one.totals for one in regimes]:
        raise AddressChangesVat(reason="other_sum", country=after.delivery_country)
    return Taxed(taxed, sums)


def _essence(decision: VatDecision) -> tuple[LineVat, str | None, str | None]:
    return LineVat.of(decision), decision.blocked, decision.hold_reason
