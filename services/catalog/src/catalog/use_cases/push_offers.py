"""A seller pushes a batch of lines: each one is settled, and the batch is written with a few set-based statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from catalog.domain.errors import LineProblem, repeated_in_batch
from catalog.domain.events import PushedLine, StockPushed
from catalog.domain.offer import OfferPatch, StockedOffer, sku_key
from catalog.domain.price_bounds import PriceOnSale
from catalog.domain.push import KnownProducts, LineStatus, PushContext, Settled, counted_at, settle
from catalog.domain.push_changes import changes_between
from catalog.domain.seller import Seller, active
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id

# Consumers read an event into memory as a whole; 500 lines stay well below the broker's megabyte.
LINES_PER_EVENT = 500


class ReadLine(NamedTuple):
    """A line of the body by its number: what it asks for, or why it could not be read."""

    line: int
    sku: str | None
    patch: OfferPatch | None = None
    problem: LineProblem | None = None


@dataclass(frozen=True, slots=True)
class PushOffers:
    """A seller's batch."""

    seller_id: Id
    push_id: Id
    lines: tuple[ReadLine, ...]


class LineResult(NamedTuple):
    """What became of a line. Figures are those after it; None where there is no such offer."""

    line: int
    sku: str | None
    status: LineStatus
    offer_id: Id | None = None
    available: int | None = None
    shortage: int | None = None
    problem: LineProblem | None = None
    # What the line would change, each field as it is and as it would be; only where nothing was written.
    changes: Mapping[str, Any] | None = None


async def push_offers(command: PushOffers, uow: CatalogUnit, now: datetime) -> list[LineResult]:
    """One result per line, in order. A line that cannot be applied does not keep the others out."""
    context, last, stored, settled = await _settled(command, uow, now)
    settled = await _write(settled, stored, context.products, uow, now)
    if context.products.conflicts:
        await uow.products.note_conflicts(context.products.conflicts.values(), command.seller_id, now)
    await _announce(command.push_id, context.seller, list(settled.values()), uow)
    return _results(command, last, settled)


async def judge_push(command: PushOffers, uow: CatalogUnit, now: datetime) -> list[LineResult]:
    """What `push_offers` would answer, with what each line would change; nothing is written."""
    _, last, stored, settled = await _settled(command, uow, now)
    judged = _results(command, last, settled)
    return [_with_changes(one, stored, settled) for one in judged]


async def _settled(
    command: PushOffers, uow: CatalogUnit, now: datetime
) -> tuple[PushContext, "_Last", Mapping[str, StockedOffer], dict[str, Settled]]:
    seller = active(await uow.sellers.locked(command.seller_id))
    last = _last_by_sku(command.lines)
    stored = {one.offer.sku.casefold(): one for one in await uow.offers.of_seller(seller.id, list(last))}
    products = await _products(last, stored, uow)
    context = PushContext(
        push_id=command.push_id,
        seller=seller,
        rules_for=cache(lambda market: uow.rulebook.of(market, now.date())),
        products=products,
        on_sale=await _on_sale(last, stored, products, uow),
        sold_since=await _sold_since(last, stored, uow, now),
        now=now,
    )
    return context, last, stored, {key: settle(patch, stored.get(key), context) for key, (_, patch) in last.items()}


def _results(command: PushOffers, last: "_Last", settled: Mapping[str, Settled]) -> list[LineResult]:
    applied = {number: settled[key] for key, (number, _) in last.items()}
    return [_result(line, applied.get(line.line), last, settled) for line in command.lines]


def _with_changes(one: LineResult, stored: Mapping[str, StockedOffer], settled: Mapping[str, Settled]) -> LineResult:
    key = sku_key(one.sku) if one.sku else ""
    if key not in stored:
        # There is no such offer, and will be none.
        return one._replace(offer_id=None)
    after = settled[key].stocked if one.status is LineStatus.UPDATED else None
    return one._replace(changes=changes_between(stored[key], after)) if after else one


_Last = Mapping[str, tuple[int, OfferPatch]]


def _last_by_sku(lines: Sequence[ReadLine]) -> _Last:
    return {line.patch.sku_key: (line.line, line.patch) for line in lines if line.patch is not None}


async def _products(last: _Last, stored: Mapping[str, StockedOffer], uow: CatalogUnit) -> KnownProducts:
    """The platform's products for the descriptions that do not simply repeat what the SKU already stands for."""
    wanted = {
        patch.product
        for key, (_, patch) in last.items()
        if patch.product is not None
        and not (key in stored and patch.product.says_nothing_new(stored[key].offer.product.spec))
    }
    return KnownProducts.of(await uow.products.matching(wanted) if wanted else [])


async def _on_sale(
    last: _Last, stored: Mapping[str, StockedOffer], products: KnownProducts, uow: CatalogUnit
) -> Mapping[Id, Sequence[PriceOnSale]]:
    """What the known products of new SKUs cost elsewhere; a price that was confirmed is held against nothing."""
    described = (
        products.find(patch.product, patch.sku)
        for key, (_, patch) in last.items()
        if key not in stored and patch.product is not None and not patch.confirm_price
    )
    wanted = {product.id for product in described if product is not None}
    return await uow.offers.on_sale(wanted) if wanted else {}


async def _sold_since(
    last: _Last, stored: Mapping[str, StockedOffer], uow: CatalogUnit, now: datetime
) -> dict[Id, int]:
    counts = {
        stored[key].offer.id: counted_at(patch, now)
        for key, (_, patch) in last.items()
        # A count never goes back in time, so where nothing was sold since the last one, nothing was since this one.
        if patch.quantity is not None and key in stored and stored[key].stock.sold
    }
    return await uow.stock.sold_since(counts) if counts else {}


async def _write(
    settled: dict[str, Settled],
    stored: Mapping[str, StockedOffer],
    products: KnownProducts,
    uow: CatalogUnit,
    now: datetime,
) -> dict[str, Settled]:
    """Store what is new: products first, for a rival seller may have described the same one a moment ago."""
    accepted = {key: one for key, one in settled.items() if one.status not in (LineStatus.STALE, LineStatus.REJECTED)}
    settled = settled | await _with_stored_products(accepted, products, uow)
    kept = [(settled[key].stocked, stored.get(key), settled[key].movement) for key in accepted]
    offers = [after.offer for after, before, _ in kept if after and (before is None or after.offer is not before.offer)]
    stocks = [after.stock for after, before, _ in kept if after and (before is None or after.stock != before.stock)]
    if offers:
        await uow.offers.write(offers, now)
    if stocks:
        await uow.stock.write(stocks, [movement for _, _, movement in kept if movement], now)
    return settled


async def _with_stored_products(
    accepted: Mapping[str, Settled], known: KnownProducts, uow: CatalogUnit
) -> dict[str, Settled]:
    """What stands for a new product, with the product as it is stored: a rival may have described it a moment ago."""
    opened = {key: one for key, one in accepted.items() if one.stocked and one.stocked.offer.product.id in known.new}
    products = {one.stocked.offer.product.id: one.stocked.offer.product for one in opened.values() if one.stocked}
    if not products:
        return {}
    recognised = await uow.products.add(list(products.values()))
    stored = {one.product.id: one.product for one in recognised}
    uow.publish(stored[id].described() for id in products if id in stored)
    found = KnownProducts.of(recognised)
    renewed = {}
    for key, one in opened.items():
        assert one.stocked is not None
        product = found.find_or_describe(one.stocked.offer.product.spec)
        offer = one.stocked.offer._replace(product=product)
        renewed[key] = one._replace(stocked=one.stocked._replace(offer=offer))
    return renewed


async def _announce(push_id: Id, seller: Seller, settled: Sequence[Settled], uow: CatalogUnit) -> None:
    lines = [_pushed(one.stocked) for one in settled if one.changed and one.stocked]
    parts = [tuple(lines[start : start + LINES_PER_EVENT]) for start in range(0, len(lines), LINES_PER_EVENT)]
    if not parts:
        return
    uow.publish(
        StockPushed(aggregate_id=seller.id, seq=seller.version + n, push_id=push_id, lines=part)
        for n, part in enumerate(parts, start=1)
    )
    await uow.sellers.save(replace(seller, version=seller.version + len(parts)))


def _pushed(stocked: StockedOffer) -> PushedLine:
    offer, stock = stocked.offer, stocked.stock
    return PushedLine(
        offer_id=offer.id,
        sku=offer.sku,
        quantity=stock.counted,
        available=stock.available,
        shortage=stock.shortage,
        price=offer.price,
        state=offer.state(stock.available),
    )


def _result(line: ReadLine, one: Settled | None, last: _Last, settled: Mapping[str, Settled]) -> LineResult:
    if line.patch is None:
        return LineResult(line.line, line.sku, LineStatus.REJECTED, problem=line.problem)
    if one is not None:
        status, stocked, problem = one.status, one.stocked, one.problem
    else:
        key = line.patch.sku_key
        status, stocked, problem = LineStatus.REJECTED, settled[key].stocked, repeated_in_batch(last[key][0])
    if stocked is None:
        return LineResult(line.line, line.sku, status, problem=problem)
    stock = stocked.stock
    return LineResult(line.line, line.sku, status, stock.offer_id, stock.available, stock.shortage, problem)
