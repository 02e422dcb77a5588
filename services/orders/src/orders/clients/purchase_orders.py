"""The errand that makes purchase orders with the document library, outside of any transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from chassis.db.executor import Executor, Work
from chassis.db.timers import DueTimer
from chassis.db.together import Together
from chassis.kernel.ids import Id
from documents import purchase_order as paper
from documents.invoice_data import LinePart
from documents.parties import Account, company_of
from documents.press import Press, PressBroke
from documents.wording import Wording
from orders.clients.printed_parties import language_of, printed_delivery
from orders.domain.party import Party
from orders.domain.pricing import SoldLine
from orders.domain.seller_order import SellerOrder
from orders.use_cases.prepare_purchase_order import (
    PreparePurchaseOrder,
    PurchaseOrderFacts,
    prepare_purchase_order,
)
from orders.use_cases.store_purchase_order import StorePurchaseOrder, store_purchase_order
from tax import half_up

# Papers are behind everything that somebody waits for: they gather, and what gathered is read, printed and stored together.
GATHER_SECONDS = 0.2
PAPERS_AT_ONCE = 32


class Desk:
    """Makes the purchase orders of many orders at once; one that cannot be made leaves the others alone."""

    def __init__(self, executor: Executor[Any], provider: str) -> None:
        self._executor = executor
        self._provider = provider
        self.press = Press()

    async def make(self, order_ids: Collection[Id]) -> dict[Id, Exception]:
        """Gather the facts, have them printed, store the papers; gives back what went wrong, by order."""
        ids = list(order_ids)
        found = await self._side_by_side(partial(prepare_purchase_order, PreparePurchaseOrder(id)) for id in ids)
        results: dict[Id, Any] = {id: _laid_out(one, self._provider) for id, one in zip(ids, found, strict=True)}
        wanted = {id: one for id, one in results.items() if isinstance(one, paper.PurchaseOrder)}
        results.update(zip(wanted, await self._print(list(wanted.values())), strict=True))
        done = [StorePurchaseOrder(id, pdf) for id in wanted if isinstance(pdf := results[id], bytes)]
        stored = await self._side_by_side(partial(store_purchase_order, command) for command in done)
        results.update((command.order_id, one) for command, one in zip(done, stored, strict=True))
        return {id: one for id, one in results.items() if isinstance(one, Exception)}

    async def _print(self, papers: Sequence[paper.PurchaseOrder]) -> list[bytes | Exception]:
        if not papers:
            return []
        try:
            return await self.press.make(render_all, papers)
        except PressBroke as error:
            if len(papers) == 1:
                return [error]
        # One of them broke the press; it must not keep the others from being printed.
        return [made for one in papers for made in await self._print([one])]

    async def _side_by_side(self, works: Iterable[Work[Any, Any]]) -> list[Any]:
        # The executor runs in one transaction whatever waits at the same time.
        found: list[Any] = await asyncio.gather(*(self._executor.run(work) for work in works), return_exceptions=True)
        return found


def make_purchase_order(executor: Executor[Any], provider: str) -> Callable[[DueTimer], Awaitable[None]]:
    """The errand. `provider` is the payment provider's name."""
    together = Together(Desk(executor, provider).make, gather_seconds=GATHER_SECONDS)

    async def run(timer: DueTimer) -> None:
        error = await together.find(timer.key)
        if error is not None:
            raise error

    return run


def _laid_out(facts: PurchaseOrderFacts | Exception | None, provider: str) -> paper.PurchaseOrder | Exception | None:
    if not isinstance(facts, PurchaseOrderFacts):
        return facts
    try:
        return printed(facts, provider)
    except Exception as error:
        return error


def render_all(papers: Sequence[paper.PurchaseOrder]) -> list[bytes | Exception]:
    """In the press: each paper's PDF, or why there is none."""
    return [_rendered(one) for one in papers]


def _rendered(one: paper.PurchaseOrder) -> bytes | Exception:
    try:
        return paper.render(one)
    except Exception as error:
        return error


def printed(facts: PurchaseOrderFacts, provider: str) -> paper.PurchaseOrder:
    """What the document library prints."""
    order, rules, instructions = facts.order, facts.rules, facts.instructions
    assert order.totals is not None, "a held order has totals"
    assert order.hold is not None, "a held order has a deadline"
    language = language_of(facts.buyer, rules.languages)
    days = rules.calendar_of_market()
    return paper.PurchaseOrder(
        number=str(order.number),
        ordered_on=days.local_day(order.placed_at),
        hold_until=order.hold.until,
        time_zone=days.zone,
        language=language,
        currency=order.currency,
        market=paper.Market.titled(rules.title),
        buyer=company_of(facts.buyer.snapshot),
        deliver_to=printed_delivery(order.deliver_to),
        sellers=tuple(
            _seller_part(part, facts.sellers[part.seller_id], facts, language) for part in facts.seller_orders
        ),
        net_minor=order.totals.net,
        vat_minor=order.totals.vat,
        gross_minor=order.totals.gross,
        account=Account(instructions.iban, instructions.holder_name, provider, instructions.bic),
        reference=instructions.reference,
        buyer_reference=order.buyer_reference,
        card_link=instructions.card_link if rules.shows_card_link else None,
    )


def _seller_part(part: SellerOrder, seller: Party, facts: PurchaseOrderFacts, language: str) -> paper.SellerPart:
    return paper.SellerPart(
        name=seller.name,
        ships_from=part.lines[0].ship_from,
        lines=tuple(_line(line, part, facts, language) for line in part.lines),
        shipping_minor=part.totals.net - sum(line.net for line in part.lines),
        vat_minor=part.totals.vat,
        gross_minor=part.totals.gross,
    )


def _line(line: SoldLine, part: SellerOrder, facts: PurchaseOrderFacts, language: str) -> paper.OrderedLine:
    return paper.OrderedLine(
        title=line.title,
        grade=facts.rules.grade_label(line.grade, language),
        quantity=line.quantity,
        unit_net_minor=half_up(Fraction(line.net, line.quantity)),
        net_minor=line.net,
        vat_note=_vat_note(line, Wording(language, part.currency)),
        sku=line.sku,
        parts=_parts(line, part),
    )


def _parts(line: SoldLine, part: SellerOrder) -> tuple[LinePart, ...]:
    """Options and levies of a unit, without VAT as the line's net is."""
    basis = next(sums.price_basis for sums in part.regimes if sums.vat_regime == line.vat_regime)
    taken_out = 1 + Fraction(line.vat.rate or "0") / 100 if basis == "gross" else Fraction(1)
    return (
        *(LinePart("option", half_up(one.price / taken_out), one.title) for one in line.options),
        *(LinePart(one.kind, half_up(one.amount / taken_out)) for one in line.levies),
    )


def _vat_note(line: SoldLine, words: Wording) -> str:
    note = line.vat.notes.get(words.language) or line.vat.notes.get("en")
    return note or f"{words.label('vat')} {line.vat.rate} %"
