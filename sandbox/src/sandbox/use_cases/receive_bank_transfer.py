"""Somebody's bank sends money to a virtual IBAN: credit its wallet and tell the platform."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.ibans import compact_iban
from sandbox.domain.moment import Moment
from sandbox.domain.moves import BANK, Credit, check_currency
from sandbox.domain.names import new_name
from sandbox.domain.webhooks import make_webhook
from sandbox.storage.accounts import get_account_by_iban
from sandbox.storage.credits import add_credit
from sandbox.storage.journal import move_money
from sandbox.storage.webhooks import queue_webhook


@dataclass(frozen=True, slots=True)
class ReceiveBankTransfer:
    """No `value_date` = today in business time (UTC)."""

    iban: str
    amount: Money
    debtor_name: str
    debtor_iban: str
    remittance: str
    value_date: date | None


async def receive_bank_transfer(command: ReceiveBankTransfer, tx: AsyncConnection, now: Moment) -> Credit:
    """Raises UnknownIban (also for an IBAN with wrong check digits), IbanInvalid (debtor), WalletCurrencyDiffers."""
    account = await get_account_by_iban(tx, "".join(command.iban.split()).upper())
    check_currency(command.amount, account.currency)
    credit = Credit(
        id=new_name("cr"),
        reference=account.reference,
        virtual_account_id=account.id,
        iban=account.iban,
        wallet_id=account.wallet_id,
        amount=command.amount,
        refunded=Money(0, account.currency),
        value_date=command.value_date or now.business.date(),
        booked_at=now.business,
        debtor_name=command.debtor_name,
        debtor_iban=compact_iban(command.debtor_iban),
        remittance=command.remittance,
    )
    await add_credit(tx, credit)
    await move_money(tx, "credit", BANK, credit.wallet_id, credit.amount, credit.reference, credit.id, now.business)
    webhook = make_webhook(new_name("evt"), "psp", "bank.credit_received", _told(credit), now.business)
    await queue_webhook(tx, webhook, now.real)
    return credit


def _told(credit: Credit) -> dict[str, Any]:
    return {
        "credit_id": credit.id,
        "virtual_account_id": credit.virtual_account_id,
        "iban": credit.iban,
        "wallet_id": credit.wallet_id,
        "amount": {"amount": credit.amount.minor, "currency": credit.amount.currency},
        "value_date": credit.value_date.isoformat(),
        "booked_at": credit.booked_at.isoformat(),
        "debtor_name": credit.debtor_name,
        "debtor_iban": credit.debtor_iban,
        "remittance": credit.remittance,
    }
