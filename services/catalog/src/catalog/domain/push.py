"""What one line of a push makes of an offer and its stock: created, updated, unchanged, stale or rejected."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import NamedTuple

from catalog.domain.errors import (
    LineProblem,
    as_of_in_future,
    rules_violated,
    stale_line,
    wrong_attributes,
    wrong_gtin,
)
from catalog.domain.offer import (
    Offer,
    OfferPatch,
    RulesFor,
    StockedOffer,
    change_offer,
    market_problem,
    missing_fields,
    open_offer,
    product_problem,
    what_rules_look_at,
)
from catalog.domain.price_bounds import PriceGuard, PriceOnSale
from catalog.domain.price_guard import first_price_problem, price_jump
from catalog.domain.product import Evidence, Product, ProductSpec, Recognised, gtin_is_valid
from catalog.domain.seller import Seller
from catalog.domain.stock import Movement, MovementKind, Stock
from catalog.domain.taxonomy import faults_of
from catalog.domain.term_rules import overdue
from chassis.kernel.ids import Id, new_id

# Clocks of two machines may differ a little.
FUTURE_MAX = timedelta(minutes=5)


class LineStatus(StrEnum):
    """The verdict on a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    STALE = "stale"
    REJECTED = "rejected"


class Settled(NamedTuple):
    """The verdict, with what is to be stored. `stocked` is the offer after the line, or as it is where nothing changed."""

    status: LineStatus
    stocked: StockedOffer | None = None
    movement: Movement | None = None
    problem: LineProblem | None = None

    @property
    def changed(self) -> bool:
        """Whether others must hear of it."""
        return self.status in (LineStatus.CREATED, LineStatus.UPDATED)


class Conflict(NamedTuple):
    """A description whose evidence names two products: the one it was taken for, and the one that `evidence` names."""

    product_id: Id
    other_id: Id
    evidence: Evidence
    sku: str


@dataclass(slots=True)
class KnownProducts:
    """The products a batch refers to; a description that fits none becomes a new product, once.

    Evidence for two products is never settled here by making them one: it is noted, for an operator to look at.
    """

    by_evidence: dict[Evidence, Product] = field(default_factory=dict)
    conflicts: dict[tuple[Id, Id], Conflict] = field(default_factory=dict)
    new: dict[Id, Product] = field(default_factory=dict)

    @classmethod
    def of(cls, recognised: Iterable[Recognised]) -> "KnownProducts":
        """An index over these products."""
        known = cls()
        for evidence, product in recognised:
            known.by_evidence.setdefault(evidence, product)
        return known

    def find(self, spec: ProductSpec, sku: str = "", bound_to: Product | None = None) -> Product | None:
        """What the strongest evidence names, or `bound_to` where any names that; None where there is none for anything."""
        named = [(one, self.by_evidence[one]) for one in spec.evidence() if one in self.by_evidence]
        if not named:
            return None
        own = bound_to is not None and any(product.id == bound_to.id for _, product in named)
        chosen = bound_to if own and bound_to is not None else named[0][1]
        for evidence, product in named:
            if product.id != chosen.id:
                pair = (chosen.id, product.id)
                self.conflicts.setdefault(pair, Conflict(*pair, evidence, sku))
        return chosen

    def find_or_describe(self, spec: ProductSpec, sku: str = "", bound_to: Product | None = None) -> Product:
        """The product meant, or a new one of that description."""
        found = self.find(spec, sku, bound_to)
        if found is None:
            found = Product(new_id(), spec)
            self.by_evidence |= dict.fromkeys(spec.evidence(), found)
            self.new[found.id] = found
        return found


@dataclass(frozen=True, slots=True)
class PushContext:
    """What all lines of a push share. `sold_since` gives the units sold since a line's count, by offer; `on_sale` what the
    products of new SKUs cost elsewhere."""

    push_id: Id
    seller: Seller
    rules_for: RulesFor
    products: KnownProducts
    sold_since: dict[Id, int]
    now: datetime
    # What was found to keep all rules; most lines of a feed share their terms but for the price.
    admitted: set[Hashable] = field(default_factory=set)
    on_sale: Mapping[Id, Sequence[PriceOnSale]] = field(default_factory=dict)
    guards: dict[tuple[str, ...], PriceGuard | None] = field(default_factory=dict)

    def guard(self, markets: tuple[str, ...]) -> PriceGuard | None:
        """The price guard of these markets together; None where the seller is in none of them, which their rules refuse."""
        if markets not in self.guards:
            guards = [self.rules_for(one).price_guard for one in markets if one in self.seller.markets]
            self.guards[markets] = reduce(PriceGuard.tightened, guards) if guards else None
        return self.guards[markets]


def counted_at(patch: OfferPatch, now: datetime) -> datetime:
    """The instant the line's figures are right for: its own word, but never later than now."""
    return min(patch.as_of or now, now)


def settle(patch: OfferPatch, stored: StockedOffer | None, context: PushContext) -> Settled:
    """Decide one line, in a fixed order: time, completeness, product, market rules, and only then the figures."""
    if patch.as_of is not None and patch.as_of > context.now + FUTURE_MAX:
        return _rejected(as_of_in_future(), stored)
    at = counted_at(patch, context.now)
    if stored is not None and at < stored.stock.as_of:
        return Settled(LineStatus.STALE, stored, problem=stale_line(stored.stock.as_of.isoformat()))
    if patch.terms is not None and (late := tuple(overdue(patch.terms, context.now.date()))):
        return _rejected(rules_violated(late), stored)
    if stored is None and (problem := missing_fields(patch)):
        return _rejected(problem, None)
    offer, problem = _terms(patch, stored, context)
    if offer is None or problem:
        return _rejected(problem, stored)
    if stored is None:
        return _opened(offer, patch, at, context)
    return _changed(offer, patch, stored, at, context)


def _terms(
    patch: OfferPatch, stored: StockedOffer | None, context: PushContext
) -> tuple[Offer | None, LineProblem | None]:
    bound_to = stored.offer.product if stored else None
    product = bound_to
    if patch.product is not None:
        spec = patch.product
        if problem := spec_problem(spec):
            return None, problem
        is_same = bound_to is not None and spec.says_nothing_new(bound_to.spec)
        product = bound_to if is_same else context.products.find_or_describe(spec, patch.sku, bound_to)
        assert product is not None
        if problem := product_problem(spec, product, bound_to):
            return None, problem
    assert product is not None, "a new SKU without a product was refused before"
    if stored is None:
        return _guarded(open_offer(new_id(), patch, context.seller, product), None, patch, context)
    offer = change_offer(stored.offer, patch)
    # Rules are asked when terms change: a market that tightens its rules does not stop a seller from counting stock.
    return (offer, None) if offer is stored.offer else _guarded(offer, stored.offer, patch, context)


def _guarded(
    offer: Offer, before: Offer | None, patch: OfferPatch, context: PushContext
) -> tuple[Offer | None, LineProblem | None]:
    guard = None if patch.confirm_price else context.guard(offer.markets)
    if guard is not None:
        on_sale = context.on_sale.get(offer.product.id, ())
        problem = price_jump(before, offer, guard) if before else first_price_problem(offer, on_sale, guard)
        if problem:
            return None, problem
    return _admitted(offer, context)


def spec_problem(spec: ProductSpec) -> LineProblem | None:
    """What is wrong with a description by itself: the check digit of its GTIN, or its attributes."""
    if spec.gtin and not gtin_is_valid(spec.gtin):
        return wrong_gtin(spec.gtin)
    faults = faults_of(spec.category, spec.attributes) if spec.attributes else ()
    if not faults:
        return None
    return wrong_attributes(
        [
            {
                "pointer": f"/product/attributes/{fault.name}",
                "detail": f"{fault.name}: {fault.sent} was sent, allowed is {fault.allowed}"
                if fault.known
                else f"{spec.category} has no {fault.name}, it has {fault.allowed}",
                "code": "attribute_value" if fault.known else "attribute_unknown",
            }
            for fault in faults
        ]
    )


def _admitted(offer: Offer, context: PushContext) -> tuple[Offer, LineProblem | None]:
    asked = what_rules_look_at(offer)
    if asked is not None and asked in context.admitted:
        return offer, None
    problem = market_problem(offer, context.seller, context.rules_for)
    if problem is None and asked is not None:
        context.admitted.add(asked)
    return offer, problem


def _opened(offer: Offer, patch: OfferPatch, at: datetime, context: PushContext) -> Settled:
    assert patch.quantity is not None, "a new SKU without a quantity was refused before"
    stock = Stock(offer.id, 0, at, at).recount(patch.quantity, at, 0)
    movement = Movement(offer.id, MovementKind.PUSHED, patch.quantity, at, context.push_id)
    return Settled(LineStatus.CREATED, StockedOffer(offer, stock), movement)


def _changed(offer: Offer, patch: OfferPatch, stored: StockedOffer, at: datetime, context: PushContext) -> Settled:
    before, movement, moved = stored.stock, None, False
    if patch.quantity is None:
        after = before._replace(as_of=at)
    else:
        after = before.recount(patch.quantity, at, context.sold_since.get(offer.id, 0))
        moved = after.figures() != before.figures()
        # A hold that is paid later is judged by the instant of this count, so the book must know the count even where
        # no figure changes. Without an open hold nothing can depend on it.
        if moved or before.held:
            delta = patch.quantity - before.counted
            movement = Movement(offer.id, MovementKind.ADJUSTED, delta, at, context.push_id)
    same = offer is stored.offer and not moved
    return Settled(LineStatus.UNCHANGED if same else LineStatus.UPDATED, StockedOffer(offer, after), movement)


def _rejected(problem: LineProblem | None, stored: StockedOffer | None) -> Settled:
    return Settled(LineStatus.REJECTED, stored, problem=problem)
