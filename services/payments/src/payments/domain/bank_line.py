"""A bank line: money that came in on a virtual account, and where every cent of it went."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money
from payments.domain.events import BankLineAllocated, BankLineReceived
from payments.domain.matching import Allocation

# Namespace of the ids made of the provider's credit ids, so that a repeated credit has the same id here.
_CREDITS = Id("5f0f7b54-6c0e-5a63-9d0a-6a3b4b1c8e21")


@dataclass(frozen=True, slots=True)
class ReceivedCredit:
    """What the provider tells of one credit; the payer's data stays in this service."""

    credit_id: str
    virtual_account_id: str
    wallet_id: str
    amount: Money
    value_date: date
    booked_at: datetime
    debtor_name: str
    debtor_iban: str
    remittance: str


@dataclass(frozen=True)
class BankLine:
    """Version 1 is received, version 2 allocated; both in one transaction."""

    id: Id
    version: int
    buyer_id: Id
    credit: ReceivedCredit
    received_at: datetime
    allocation: Allocation | None = None

    def allocate(self, allocation: Allocation) -> tuple["BankLine", BankLineAllocated]:
        """Once, and in full."""
        assert self.allocation is None, "a bank line is allocated once"
        assert sum(part.amount_minor for part in allocation.parts) == self.credit.amount.minor
        moved = replace(self, version=self.version + 1, allocation=allocation)
        return moved, BankLineAllocated(
            aggregate_id=self.id, seq=moved.version, currency=self.credit.amount.currency, parts=allocation.parts
        )


def bank_line_id_of(credit_id: str) -> Id:
    """The same credit is the same line, however often we hear of it."""
    return derived_id(_CREDITS, credit_id)


def receive_bank_line(buyer_id: Id, credit: ReceivedCredit, at: datetime) -> tuple[BankLine, BankLineReceived]:
    """A new line; where it belongs is decided next."""
    line = BankLine(bank_line_id_of(credit.credit_id), 1, buyer_id, credit, at)
    event = BankLineReceived(
        aggregate_id=line.id,
        seq=1,
        buyer_id=buyer_id,
        amount=credit.amount,
        value_date=credit.value_date,
        booked_at=credit.booked_at,
    )
    return line, event
