"""The purchase order has been made: its bytes are kept and the mailer is told."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import MOVES
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import StoredDocument, UnitOfWork
from orders.use_cases.prepare_purchase_order import PURCHASE_ORDER


@dataclass(frozen=True)
class StorePurchaseOrder:
    """The paper as PDF."""

    order_id: Id
    pdf: bytes


async def store_purchase_order(command: StorePurchaseOrder, uow: UnitOfWork, now: datetime) -> None:
    """Keeps the first paper made; an order that ended in the meantime gets none."""
    order = await uow.orders.lock(command.order_id)
    if order is None or not MOVES.allows("attach_purchase_order", order.state):
        return
    if await uow.papers.has_document(order.id, PURCHASE_ORDER):
        return
    sha256 = hashlib.sha256(command.pdf).hexdigest()
    await uow.papers.keep_document(StoredDocument(order.id, PURCHASE_ORDER, command.pdf, sha256, now))
    moved = order.attach_purchase_order(sha256, at=now)
    await keep_order(uow, order, moved, "attach_purchase_order", "system", now)
