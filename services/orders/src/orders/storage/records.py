"""What is kept beside the aggregates: history, parties, waiting holds, papers and carriers' messages."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import any_, bindparam, func, insert, literal, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import direct
from chassis.db.direct import Query
from chassis.db.rows import InsertRows
from chassis.db.session import Session, session_of, write_now_or_later
from chassis.kernel.ids import Id
from orders.domain.party import Party
from orders.domain.reservation import HeldStock
from orders.storage import codec
from orders.storage.codec import Row
from orders.storage.tables import (
    carrier_messages,
    documents,
    order_history,
    parties,
    payment_instructions,
    pending_holds,
)
from orders.use_cases.ports import CarrierMessage, HistoryEntry, PaymentInstructions, StoredDocument

_IDS = bindparam("ids", type_=postgresql.ARRAY(UUID()))
_INSTRUCTIONS = Query(select(payment_instructions).where(payment_instructions.c.order_id == any_(_IDS)))
_KINDS = Query(select(documents.c.order_id, documents.c.kind).where(documents.c.order_id == any_(_IDS)))
_PARTIES = Query(select(parties).where(parties.c.company_id == any_(_IDS)))
_DROP_PENDING = "delete from pending_holds where order_id = any($1::uuid[])"


class HistoryRecords:
    """The append-only story of orders."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, *entries: HistoryEntry) -> None:
        """Write them down, in this order."""
        rows = [
            {
                "order_id": entry.order_id,
                "seller_order_id": entry.seller_order_id,
                "at": entry.at,
                "actor": entry.actor,
                "move": entry.move,
                "from_state": entry.from_state,
                "to_state": entry.to_state,
                "version": entry.version,
            }
            for entry in entries
        ]
        for row in rows:
            await write_now_or_later(self._connection, InsertRows(order_history), row)


class PartyRecords:
    """Snapshots of companies."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get_many(self, ids: Iterable[Id]) -> Sequence[Party]:
        """Those that are known."""
        wanted = list(ids)
        session = session_of(self._connection)
        if session is None:
            return await parties_of(self._connection, wanted)
        ahead = {id: party for id in wanted if (party := session.recall(_snapshot_of(id), None)) is not None}
        rest = [id for id in wanted if id not in ahead]
        return [*ahead.values(), *(await parties_of(session, rest) if rest else ())]

    async def keep(self, party: Party, at: datetime) -> None:
        """Insert or replace; what is older than the stored snapshot is dropped."""
        statement = postgresql.insert(parties).values(
            company_id=party.company_id, version=party.version, snapshot=dict(party.snapshot), fetched_at=at
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[parties.c.company_id],
                set_={
                    "version": statement.excluded.version,
                    "snapshot": statement.excluded.snapshot,
                    "fetched_at": statement.excluded.fetched_at,
                },
                where=parties.c.version <= statement.excluded.version,
            )
        )
        session = session_of(self._connection)
        if session is not None:
            session.remember(_snapshot_of(party.company_id), None)


class PendingHoldRecords:
    """Held stock whose order waits for party data."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, held: HeldStock, missing: Sequence[Id]) -> None:
        """Keep the facts and who is missing."""
        values = {"held": codec.HELD_STOCK.to_json(held), "missing": list(missing)}
        await self._connection.execute(
            postgresql.insert(pending_holds)
            .values(order_id=held.order_id, **values)
            .on_conflict_do_update(index_elements=[pending_holds.c.order_id], set_=values)
        )

    async def waiting_for(self, company_id: Id) -> Sequence[HeldStock]:
        """What waits for this company, oldest order first."""
        statement = (
            select(pending_holds.c.held)
            .where(literal(company_id, UUID()) == any_(pending_holds.c.missing))
            .order_by(pending_holds.c.order_id)
        )
        return [codec.HELD_STOCK.from_json(held) for held in (await self._connection.execute(statement)).scalars()]

    async def drop(self, order_id: Id) -> None:
        """It waits no more."""
        await write_now_or_later(self._connection, _DropPendingHolds(), order_id)


@dataclass(frozen=True)
class _DropPendingHolds:
    rank: int = 0

    async def __call__(self, connection: AsyncConnection, items: Sequence[Id]) -> None:
        await direct.change(connection, _DROP_PENDING, list(items))


class PaperRecords:
    """Payment instructions and stored documents."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep_instructions(self, instructions: PaymentInstructions) -> None:
        """Insert; an order has one payment, so a repeat says the same."""
        row = {
            "order_id": instructions.order_id,
            "payment_id": instructions.payment_id,
            "iban": instructions.iban,
            "bic": instructions.bic,
            "holder_name": instructions.holder_name,
            "reference": instructions.reference,
            "amount_due_minor": instructions.amount_due,
            "currency": instructions.currency,
            "card_link": instructions.card_link,
        }
        await write_now_or_later(self._connection, InsertRows(payment_instructions, once=True), row)

    async def instructions_of(self, order_id: Id) -> PaymentInstructions | None:
        """Where the money for an order goes, once payments has said so."""
        session = session_of(self._connection)
        if session is not None and (ahead := session.recall(_instructions_for(order_id), None)) is not None:
            known: PaymentInstructions = ahead
            return known
        return (await _instructions_of_orders(self._connection, [order_id])).get(order_id)

    async def keep_document(self, document: StoredDocument) -> None:
        """Insert; a document is never replaced."""
        row = {
            "order_id": document.order_id,
            "kind": document.kind,
            "content": document.content,
            "sha256": document.sha256,
            "made_at": document.made_at,
        }
        await write_now_or_later(self._connection, _KeepDocuments(), row)
        session = session_of(self._connection)
        if session is not None:
            session.remember(_made_for(document.order_id), None)

    async def has_document(self, order_id: Id, kind: str) -> bool:
        """Whether it has been made."""
        session = session_of(self._connection)
        kinds: frozenset[str] | None = None if session is None else session.recall(_made_for(order_id), None)
        if kinds is None:
            kinds = (await _kinds_of_orders(self._connection, [order_id]))[order_id]
        return kind in kinds


@dataclass(frozen=True)
class _KeepDocuments:
    rank: int = 0

    async def __call__(self, connection: AsyncConnection, items: Sequence[dict[str, Any]]) -> None:
        await connection.execute(insert(documents), items)


class CarrierMessageRecords:
    """What carriers sent."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_turn(self, carrier: str, tracking_number: str) -> None:
        """Until the transaction ends, whoever else asks for this parcel's turn waits."""
        key = func.hashtextextended(f"parcel/{carrier}/{tracking_number}", 0)
        await self._connection.execute(select(func.pg_advisory_xact_lock(key)))
        session = session_of(self._connection)
        if session is not None:
            session.forget_reads()

    async def keep(self, message: CarrierMessage) -> bool:
        """Insert; false for a message that was sent before."""
        statement = (
            postgresql.insert(carrier_messages)
            .values(
                id=message.id,
                webhook_id=message.webhook_id,
                body=message.body,
                received_at=message.received_at,
                state=message.state,
                carrier=message.carrier,
                tracking_number=message.tracking_number,
                status=message.status,
                at=message.at,
                reason=message.reason,
            )
            .on_conflict_do_nothing()
            .returning(carrier_messages.c.id)
        )
        return (await self._connection.execute(statement)).first() is not None

    async def find(self, id: Id) -> CarrierMessage | None:
        """The message, or None."""
        statement = select(carrier_messages).where(carrier_messages.c.id == id)
        row = (await self._connection.execute(statement)).mappings().first()
        return None if row is None else _message_of(row)

    async def unmatched(self, carrier: str, tracking_number: str) -> Sequence[CarrierMessage]:
        """Those that came before the seller told of the parcel, in the order of their scans."""
        statement = (
            select(carrier_messages)
            .where(
                text("state = 'unmatched'"),
                carrier_messages.c.carrier == carrier,
                carrier_messages.c.tracking_number == tracking_number,
            )
            .order_by(carrier_messages.c.at, carrier_messages.c.id)
        )
        return [_message_of(row) for row in (await self._connection.execute(statement)).mappings()]

    async def scans_of(self, shipment_id: Id) -> Sequence[CarrierMessage]:
        """Everything its carrier told of a parcel that was found."""
        statement = select(carrier_messages).where(carrier_messages.c.shipment_id == shipment_id)
        return [_message_of(row) for row in (await self._connection.execute(statement)).mappings()]

    async def settle(self, id: Id, state: str, shipment_id: Id | None) -> None:
        """Say what became of it."""
        await self._connection.execute(
            update(carrier_messages).where(carrier_messages.c.id == id).values(state=state, shipment_id=shipment_id)
        )


async def parties_of(connection: AsyncConnection, ids: Iterable[Id]) -> list[Party]:
    """Those that are known."""
    rows = await _PARTIES.read(connection, ids=list(ids))
    return [Party(row["company_id"], row["version"], row["snapshot"]) for row in rows]


async def read_parties_ahead(session: Session, ids: Iterable[Id]) -> None:
    """For commands that will ask for these companies."""
    for party in await parties_of(session, ids):
        session.remember(_snapshot_of(party.company_id), party)


async def read_papers_ahead(session: Session, order_ids: Collection[Id], *, instructions: bool) -> None:
    """For commands that will ask which papers these orders have and, where wanted, how they are to be paid."""
    for order_id, kinds in (await _kinds_of_orders(session, order_ids)).items():
        session.remember(_made_for(order_id), kinds)
    if instructions:
        for order_id, found in (await _instructions_of_orders(session, order_ids)).items():
            session.remember(_instructions_for(order_id), found)


async def _instructions_of_orders(
    connection: AsyncConnection, order_ids: Collection[Id]
) -> dict[Id, PaymentInstructions]:
    rows = await _INSTRUCTIONS.read(connection, ids=list(order_ids))
    return {row["order_id"]: instructions_of(row) for row in rows}


async def _kinds_of_orders(connection: AsyncConnection, order_ids: Collection[Id]) -> dict[Id, frozenset[str]]:
    rows = await _KINDS.read(connection, ids=list(order_ids))
    return {id: frozenset(row["kind"] for row in rows if row["order_id"] == id) for id in order_ids}


def _instructions_for(order_id: Id) -> Hashable:
    return "payment instructions", order_id


def _made_for(order_id: Id) -> Hashable:
    return "kinds of documents", order_id


def _snapshot_of(company_id: Id) -> Hashable:
    return "party", company_id


def instructions_of(row: Row) -> PaymentInstructions:
    """The instructions of a row."""
    return PaymentInstructions(
        order_id=row["order_id"],
        payment_id=row["payment_id"],
        iban=row["iban"],
        bic=row["bic"],
        holder_name=row["holder_name"],
        reference=row["reference"],
        amount_due=row["amount_due_minor"],
        currency=row["currency"],
        card_link=row["card_link"],
    )


def _message_of(row: Row) -> CarrierMessage:
    return CarrierMessage(**row)
