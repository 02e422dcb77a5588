"""The text of the mandate has changed: who signed an older one is asked to sign anew, and is suspended if it does not."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.seller import MOVES, SuspensionReason
from accounts.use_cases.forget_mandate_renewal import MANDATE_DUE
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class AskForMandate:
    """Whom; `version` is today's text."""

    seller_id: Id
    version: str


@dataclass(frozen=True)
class SuspendForMandate:
    """Whom; `version` is today's text."""

    seller_id: Id
    version: str


async def ask_for_mandate(command: AskForMandate, markets: Markets, uow: UnitOfWork, now: datetime) -> None:
    """Once: whoever is asked already, or has signed, is left alone."""
    seller = await uow.sellers.get(command.seller_id)
    is_signed = seller.mandate is None or seller.mandate.version == command.version or not seller.has_mandate
    if is_signed or seller.mandate_due_at is not None or not MOVES.allows("renew_mandate", seller.state):
        return
    due_at = now + markets.rules(seller.markets[0], now.date()).mandate_renewed_within
    seller, asked = seller.ask_for_mandate(due_at)
    await uow.timers.set(MANDATE_DUE, seller.id, due_at)
    await uow.sellers.save(seller)
    uow.publish(asked)


async def suspend_for_mandate(command: SuspendForMandate, uow: UnitOfWork, now: datetime) -> None:
    """Whoever has signed, or sells no more anyway, is left alone."""
    seller = await uow.sellers.get(command.seller_id)
    if seller.mandate is None or seller.mandate.version == command.version:
        return
    if not MOVES.allows("suspend", seller.state):
        return
    seller, suspended = seller.suspend(SuspensionReason.MANDATE_OUTDATED)
    await uow.sellers.save(seller)
    uow.publish(suspended)
