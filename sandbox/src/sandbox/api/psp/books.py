"""The payment provider's books: credits, journal and where the money is, for matching and for the audit."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sandbox.api.common import Answer, MoneyOut, Name, PageOut, ReferenceFilter, TheWindow, TheWorld, page_out
from sandbox.domain.moves import Position
from sandbox.storage.credits import get_credit, list_credits
from sandbox.storage.journal import list_journal, read_positions

router = APIRouter()


class CreditAnswer(Answer):
    """`reference` is the reference of the virtual account that was paid into."""

    id: str
    reference: str
    virtual_account_id: str
    iban: str
    wallet_id: str
    amount: MoneyOut
    refunded: MoneyOut
    value_date: date
    booked_at: datetime
    debtor_name: str
    debtor_iban: str
    remittance: str


class JournalLineAnswer(Answer):
    """`from` and `to` are wallet ids, `bank` (the world outside) or `in_transit`."""

    id: int
    kind: str
    from_account: str = Field(serialization_alias="from")
    to_account: str = Field(serialization_alias="to")
    amount: MoneyOut
    reference: str
    object_id: str
    at: datetime


class PositionAnswer(BaseModel):
    """Minor units of one currency; received = wallets + in_transit + paid_out + refunded at every instant."""

    currency: str
    received: int
    wallets: int
    in_transit: int
    paid_out: int
    refunded: int


class BalanceAnswer(BaseModel):
    balances: list[PositionAnswer]


@router.get("/credits")
async def get_credits(
    world: TheWorld, window: TheWindow, reference: ReferenceFilter = None, virtual_account_id: ReferenceFilter = None
) -> PageOut[CreditAnswer]:
    """Bank credits, newest first."""
    async with world.engine.connect() as tx:
        page = await list_credits(tx, reference, virtual_account_id, window)
        return page_out(page, CreditAnswer.model_validate)


@router.get("/credits/{credit_id}")
async def get_one_credit(credit_id: Name, world: TheWorld) -> CreditAnswer:
    """One bank credit, with what of it went back so far."""
    async with world.engine.connect() as tx:
        return CreditAnswer.model_validate(await get_credit(tx, credit_id))


@router.get("/journal")
async def get_journal(world: TheWorld, window: TheWindow) -> PageOut[JournalLineAnswer]:
    """Every money move, newest first; lines are added and never changed."""
    async with world.engine.connect() as tx:
        return page_out(await list_journal(tx, window), JournalLineAnswer.model_validate)


@router.get("/balance")
async def get_balance(world: TheWorld) -> BalanceAnswer:
    """Where all the money is, per currency."""
    async with world.engine.connect() as tx:
        return BalanceAnswer(balances=[_position(position) for position in await read_positions(tx)])


def _position(position: Position) -> PositionAnswer:
    return PositionAnswer(
        currency=position.currency,
        received=position.received_minor,
        wallets=position.wallets_minor,
        in_transit=position.in_transit_minor,
        paid_out=position.paid_out_minor,
        refunded=position.refunded_minor,
    )
