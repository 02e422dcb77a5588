"""What commands of one transaction will ask for, read for all of them at once."""

from collections.abc import Sequence
from typing import Any

from chassis.db.session import Session
from chassis.db.write_behind import read_ahead
from payments.domain.bank_line import ReceivedCredit
from payments.domain.facts import OrderedParts
from payments.domain.payment import HeldOrder, payment_id_of
from payments.domain.psp_account import psp_account_id_of
from payments.storage.locks import take_locks
from payments.storage.parties import read_parties_ahead
from payments.storage.payments import PaymentRepository
from payments.storage.psp_accounts import lock_virtual_accounts, read_accounts_ahead
from payments.use_cases.receive_psp_event import ReceivePspEvent


async def read_for(session: Session, commands: Sequence[Any]) -> None:
    """The buyers' locks come first: what is read under them is then true until the commit."""
    held = [one for one in commands if isinstance(one, HeldOrder)]
    if held:
        accounts = {psp_account_id_of(order.buyer_id, order.amount.currency) for order in held}
        await take_locks(session, accounts)
        await read_ahead(session, PaymentRepository(session), (payment_id_of(one.order_id) for one in held), lock=False)
        await read_accounts_ahead(session, accounts)
    if credited := {account for one in commands if (account := _credited(one)) is not None}:
        await lock_virtual_accounts(session, credited)
    if sellers := {one.seller_id for one in commands if isinstance(one, OrderedParts)}:
        await read_parties_ahead(session, sellers)


def _credited(command: Any) -> str | None:
    """The virtual account that a message, or the provider's answer, is about money on."""
    if isinstance(command, ReceivedCredit):
        return command.virtual_account_id
    if isinstance(command, ReceivePspEvent):
        told = command.event.data.get("virtual_account_id")
        return told if isinstance(told, str) else None
    return None
