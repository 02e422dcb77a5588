"""Whether a bid promises what its offers have: the units in refurbishment, by their day, and room for the levies."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from catalog.domain.offer import StockedOffer
from catalog.domain.quote_lines import BidLine, Source
from chassis.kernel.ids import Id

# Place in the bid, rule, field, and what is wrong.
Fault = tuple[int, str, str, str]


def faults_of_units(lines: Sequence[BidLine], offers: Mapping[Id, StockedOffer], today: date) -> Iterator[Fault]:
    """Lines that promise more units in refurbishment than their offer announces for that day, all lines before it taken
    together, or that cost less than the levies in them."""
    for line in lines:
        if sum(levy.amount.minor for levy in line.levies) > line.unit_price.minor:
            yield line.place, "levies", "unit_price", "the levies of a unit are above its price"
    coming_lines = [line for line in lines if line.source is Source.IN_REFURBISHMENT and line.ready_on is not None]
    promised: dict[Id, int] = defaultdict(int)
    for line in sorted(coming_lines, key=lambda one: (one.ready_on, one.place)):
        assert line.ready_on is not None
        promised[line.offer_id] += line.quantity
        coming = offers[line.offer_id].offer.terms.coming(today)
        announced = sum(one.quantity for one in coming)
        by_then = sum(one.quantity for one in coming if one.ready_on <= line.ready_on)
        if promised[line.offer_id] > announced:
            yield line.place, "not_in_refurbishment", "quantity", f"{announced} units are announced on the offer"
        elif promised[line.offer_id] > by_then:
            yield line.place, "not_ready_by_then", "ready_on", f"{by_then} units are announced by {line.ready_on}"
