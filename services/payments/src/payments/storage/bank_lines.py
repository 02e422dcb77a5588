"""Bank lines with their allocations: written once, in full, in the transaction that books them."""

from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.bank_line import BankLine, ReceivedCredit
from payments.domain.errors import NoSuchBankLine
from payments.domain.matching import Allocation, MatchCase, Part
from payments.domain.refund import Source, SourceKind
from payments.domain.tender import Share
from payments.storage.tables import allocations, bank_lines


class BankLineRepository:
    """A credit is one line, whoever told us of it first."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_if_new(self, line: BankLine) -> bool:
        """False if the credit is booked already; a rival that books it right now is waited for."""
        assert line.allocation is not None
        credit = line.credit
        values = {
            "id": line.id,
            "version": line.version,
            "credit_id": credit.credit_id,
            "virtual_account_id": credit.virtual_account_id,
            "wallet_id": credit.wallet_id,
            "buyer_id": line.buyer_id,
            "currency": credit.amount.currency,
            "amount_minor": credit.amount.minor,
            "value_date": credit.value_date,
            "booked_at": credit.booked_at,
            "debtor_name": credit.debtor_name,
            "debtor_iban": credit.debtor_iban,
            "remittance": credit.remittance,
            "match_case": line.allocation.case,
            "third_party": line.allocation.third_party,
            "received_at": line.received_at,
        }
        statement = upsert(bank_lines).values(values).on_conflict_do_nothing().returning(bank_lines.c.id)
        if (await self._connection.execute(statement)).first() is None:
            return False
        await self._connection.execute(
            insert(allocations),
            [
                {
                    "bank_line_id": line.id,
                    "n": n,
                    "kind": part.kind,
                    "order_id": part.order_id,
                    "amount_minor": part.amount_minor,
                }
                for n, part in enumerate(line.allocation.parts)
            ],
        )
        return True

    async def get(self, id: Id) -> BankLine:
        """The line with its parts."""
        row = (await self._connection.execute(select(bank_lines).where(bank_lines.c.id == id))).first()
        if row is None:
            raise NoSuchBankLine(id=str(id))
        statement = select(allocations).where(allocations.c.bank_line_id == id).order_by(allocations.c.n)
        parts = (await self._connection.execute(statement)).all()
        return _line(row, tuple(Part(part.kind, part.amount_minor, part.order_id) for part in parts))

    async def shares_of(self, order_id: Id) -> list[Share]:
        """Which credits paid for an order, and how much each, in the order in which they came."""
        statement = (
            select(bank_lines, allocations.c.amount_minor.label("share_minor"))
            .join(allocations, allocations.c.bank_line_id == bank_lines.c.id)
            .where(allocations.c.order_id == order_id, allocations.c.kind == "order")
            .order_by(bank_lines.c.received_at, bank_lines.c.id)
        )
        return [
            Share(
                Source(SourceKind.BANK_CREDIT, row.id, row.credit_id, row.wallet_id),
                Money(row.share_minor, row.currency),
            )
            for row in (await self._connection.execute(statement)).all()
        ]


def _line(row: Row[Any], parts: tuple[Part, ...]) -> BankLine:
    credit = ReceivedCredit(
        credit_id=row.credit_id,
        virtual_account_id=row.virtual_account_id,
        wallet_id=row.wallet_id,
        amount=Money(row.amount_minor, row.currency),
        value_date=row.value_date,
        booked_at=row.booked_at,
        debtor_name=row.debtor_name,
        debtor_iban=row.debtor_iban,
        remittance=row.remittance,
    )
    allocation = Allocation(MatchCase(row.match_case), parts, row.third_party)
    return BankLine(row.id, row.version, row.buyer_id, credit, row.received_at, allocation)
