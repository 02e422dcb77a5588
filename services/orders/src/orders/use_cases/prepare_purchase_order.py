"""Gathers what stands on the purchase order; making the paper itself happens outside of any transaction."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.errors import PartyNotKnownYet
from orders.domain.order import MOVES, Order
from orders.domain.party import Party
from orders.domain.policies import OrderRules
from orders.domain.seller_order import SellerOrder
from orders.use_cases.ports import PaymentInstructions, UnitOfWork

PURCHASE_ORDER = "purchase_order"


@dataclass(frozen=True)
class PreparePurchaseOrder:
    """Whose paper."""

    order_id: Id


@dataclass(frozen=True)
class PurchaseOrderFacts:
    """Everything on the paper."""

    order: Order
    seller_orders: tuple[SellerOrder, ...]
    buyer: Party
    sellers: dict[Id, Party]
    instructions: PaymentInstructions
    rules: OrderRules


async def prepare_purchase_order(
    command: PreparePurchaseOrder, uow: UnitOfWork, now: datetime
) -> PurchaseOrderFacts | None:
    """The facts, or None where no paper is needed: it is there already, or the order has ended.

    Raises PartyNotKnownYet, after which the errand is tried again.
    """
    order = await uow.orders.find(command.order_id)
    if order is None or not MOVES.allows("attach_purchase_order", order.state):
        return None
    instructions = await uow.papers.instructions_of(order.id)
    if instructions is None or await uow.papers.has_document(order.id, PURCHASE_ORDER):
        return None
    seller_orders = tuple(await uow.seller_orders.of_order(order.id))
    needed = [order.buyer_id, *(part.seller_id for part in seller_orders)]
    parties = {party.company_id: party for party in await uow.parties.get_many(needed)}
    if missing := [str(company_id) for company_id in needed if company_id not in parties]:
        raise PartyNotKnownYet(companies=missing)
    return PurchaseOrderFacts(
        order=order,
        seller_orders=seller_orders,
        buyer=parties[order.buyer_id],
        sellers=parties,
        instructions=instructions,
        rules=uow.rules.of_version(order.policy_version),
    )
