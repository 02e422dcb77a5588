"""Reads each service's database in one read-only snapshot. SQL only: nothing of the services' own code is used."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from regrade.audit.facts import Canaries, OutboxRow, ProviderLine, Stand, VersionsTold
from regrade.audit.picture_of_databases import Rows, picture_of_databases
from regrade.audit.progress import Advance
from regrade.audit.topics import SERVICES, canonical_hash

# Topic → the table whose versions count its facts.
_VERSIONED = {
    "accounts": {"accounts.company": "companies", "accounts.seller": "sellers"},
    "catalog": {
        "catalog.stock": "sellers",
        "catalog.reservation": "reservations",
        "catalog.import": "imports",
        "catalog.product": "products",
        "catalog.unit": "units",
    },
    "orders": {"orders.order": "orders", "orders.seller_order": "seller_orders", "orders.shipment": "shipments"},
    "payments": {
        f"payments.{name}": table
        for name, table in {
            "payment": "payments",
            "bank_line": "bank_lines",
            "invoice": "invoices",
            "settlement": "settlements",
            "payout": "payouts",
            "refund": "refunds",
        }.items()
    },
    "aftersales": {"aftersales.coverage": "coverages"},
    "gateway": {"gateway.delivery": "deliveries"},
}
_STAND = """
    select (select count(*) from outbox) as outbox_pending,
           (select count(*) from timers where state = 'open'
              and due_at <= clock_timestamp() + make_interval(secs => (select offset_seconds from test_clock))) as timers_due,
           (select count(*) from timers where state = 'dead') as timers_dead,
           (select count(*) from parked) as parked
"""
_NOW = "select clock_timestamp() + make_interval(secs => (select max(offset_seconds) from test_clock))"
_OUTBOX = """
    select topic, aggregate_id, event_id, type, seq, data, false as published from outbox
    union all select topic, aggregate_id, event_id, type, seq, data, true from outbox_archive
"""
_READS: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "orders": """
            select o.*, h.at as held_at, exists (
                select from order_history p
                where p.order_id = o.id and p.seller_order_id is null and p.to_state = 'reserving'
            ) as was_placed from orders o left join lateral (
                select at from order_history h where h.order_id = o.id and h.seller_order_id is null and h.move = 'hold'
                order by h.n limit 1) h on true
        """,
        "seller_orders": "select * from seller_orders",
        # A parcel that was only announced, or withdrawn, has not left.
        "shipments": "select * from shipments where dispatched_at is not null",
        "shipped_units": "select * from shipped_units",
        "order_history": "select * from order_history order by n",
        "documents": "select order_id, kind, sha256, encode(sha256(content), 'hex') as found from documents",
    },
    "catalog": {
        "stock": "select * from stock",
        "stock_movements": "select offer_id, kind, quantity, at from stock_movements order by id",
        "reservations": "select * from reservations",
        "reservation_units": "select * from reservation_units",
    },
    "payments": {
        # The outbox counts in the order in which journals took hold of their accounts.
        "journals": """
            select j.*, coalesce(a.n, o.n, 0) as step from journals j
            left join outbox_archive a on a.topic = 'payments.ledger' and a.aggregate_id = j.id
            left join outbox o on o.topic = 'payments.ledger' and o.aggregate_id = j.id
        """,
        "postings": "select * from postings order by journal_id, n",
        "ledger_accounts": "select * from ledger_accounts",
        "bank_lines": "select * from bank_lines",
        "allocations": "select * from allocations order by bank_line_id, n",
        "invoices": """
            select i.*, encode(sha256(f.pdf), 'hex') as found, f.sha256 as filed,
                   jsonb_path_query_array(i.paper, '$.lines[*].serials[*].value') as units
            from invoices i left join invoice_files f on f.invoice_id = i.id
        """,
        "payouts": "select * from payouts",
        "payout_items": "select * from payout_items order by payout_id, seller_order_id",
        "refunds": "select * from refunds",
    },
}


@dataclass(frozen=True)
class Inside:
    """Everything the databases told. `mark` changes with every fact that is written."""

    rows: Rows
    now: datetime
    outbox: tuple[OutboxRow, ...]
    versions: tuple[VersionsTold, ...]
    stands: tuple[Stand, ...]
    canaries: Canaries
    provider: tuple[ProviderLine, ...] | None
    mark: int

    def picture(self) -> Any:
        """The platform as the databases tell it."""
        return picture_of_databases(self.rows, self.now)


async def read_databases(urls: Mapping[str, str], advance: Advance) -> Inside:
    """One repeatable-read, read-only transaction per database, begun together."""
    async with AsyncExitStack() as stack:
        opened = {name: await _snapshot(stack, url) for name, url in urls.items()}
        # A snapshot is taken by the first statement, so all ask at once.
        await asyncio.gather(*(one.fetchval("select 1") for one in opened.values()))
        services = {name: opened[name] for name in SERVICES}
        total = len(services) + 3
        rows: dict[str, list[Mapping[str, Any]]] = {}
        outbox: list[OutboxRow] = []
        versions: list[VersionsTold] = []
        stands: list[Stand] = []
        for n, (service, connection) in enumerate(services.items(), start=1):
            for table, statement in _READS.get(service, {}).items():
                rows[table] = [_plain(row) for row in await connection.fetch(statement)]
            outbox += [_outbox_row(service, row) for row in await connection.fetch(_OUTBOX)]
            versions.append(await _versions(service, connection))
            stands.append(await _stand(service, connection))
            advance(n, total)
        now = max([await connection.fetchval(_NOW) for connection in services.values()])
        canaries = await _canaries(services["accounts"], services["payments"])
        provider = await _provider(opened["sandbox"]) if "sandbox" in opened else None
        advance(total, total)
        mark = sum([await _mark(connection) for connection in services.values()])
    return Inside(rows, now, tuple(outbox), tuple(versions), tuple(stands), canaries, provider, mark)


async def read_mark(urls: Mapping[str, str]) -> int:
    """A number that grows with every fact that any service writes."""
    return sum([await _with(urls[name], _mark) for name in SERVICES])


async def read_stands(urls: Mapping[str, str]) -> tuple[Stand, ...]:
    """How the services stand as far as their databases know: they cannot tell the lag."""

    def stand_of(name: str) -> Any:
        return lambda connection: _stand(name, connection)

    return tuple([await _with(urls[name], stand_of(name)) for name in SERVICES])


async def _with(url: str, ask: Any) -> Any:
    async with AsyncExitStack() as stack:
        return await ask(await _snapshot(stack, url))


async def _snapshot(stack: AsyncExitStack, url: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"), timeout=10)
    stack.push_async_callback(connection.close)
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
    return connection


def _plain(row: Any) -> Mapping[str, Any]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> Any:
    """Ids as text, as the outside tells them."""
    return str(value) if type(value).__name__ == "UUID" else value


def _outbox_row(service: str, row: Any) -> OutboxRow:
    return OutboxRow(
        service=service,
        topic=row["topic"],
        key=str(row["aggregate_id"]),
        id=str(row["event_id"]),
        type=row["type"],
        seq=row["seq"],
        fact=canonical_hash(row["data"]),
        published=row["published"],
    )


async def _versions(service: str, connection: asyncpg.Connection) -> VersionsTold:
    tables = _VERSIONED[service]
    told: dict[tuple[str, str], int] = {}
    for topic, table in tables.items():
        # Names from the table above, never from outside.
        for row in await connection.fetch(f"select id, version from {table} where version > 0"):  # noqa: S608
            told[topic, str(row["id"])] = row["version"]
    topics = list(tables)
    if service == "payments":
        # A journal is written once and never changed.
        topics.append("payments.ledger")
        told |= {("payments.ledger", str(row["id"])): 1 for row in await connection.fetch("select id from journals")}
    return VersionsTold(f"the database of {service}", tuple(topics), told)


async def _stand(service: str, connection: asyncpg.Connection) -> Stand:
    row = await connection.fetchrow(_STAND)
    return Stand(service, lag=None, **dict(row))


async def _mark(connection: asyncpg.Connection) -> int:
    return int(
        await connection.fetchval("select last_value from pg_sequences where sequencename = 'outbox_n_seq'") or 0
    )


async def _canaries(accounts: asyncpg.Connection, payments: asyncpg.Connection) -> Canaries:
    companies = await accounts.fetch("select legal_name, contact from companies")
    users = await accounts.fetch("select email, name from users")
    sellers = await accounts.fetch("select payout_iban, payout_holder from sellers")
    debtors = await payments.fetch("select distinct debtor_name, debtor_iban from bank_lines")
    # What a company is called is public, also where its owner is called the same.
    firms = {row["legal_name"].casefold() for row in companies}
    names = {
        *(row["name"] for row in users),
        *(row["contact"].get("name") for row in companies),
        *(row["payout_holder"] for row in sellers),
        *(row["debtor_name"] for row in debtors),
    }
    ibans = {*(row["payout_iban"] for row in sellers), *(row["debtor_iban"] for row in debtors)}
    emails = {*(row["email"] for row in users), *(row["contact"].get("email") for row in companies)}
    return Canaries(
        emails=frozenset(one.casefold() for one in emails if one),
        names=frozenset(name.casefold() for name in names if name and name.casefold() not in firms),
        ibans=frozenset(iban.replace(" ", "") for iban in ibans if iban),
    )


async def _provider(connection: asyncpg.Connection) -> tuple[ProviderLine, ...]:
    rows = await connection.fetch("select * from journal order by id")
    return tuple(_lines(rows))


def _lines(rows: Any) -> Iterator[ProviderLine]:
    for row in rows:
        yield ProviderLine(
            id=str(row["id"]),
            kind=row["kind"],
            from_account=row["from_account"],
            to_account=row["to_account"],
            minor=row["amount_minor"],
            currency=row["currency"],
            reference=row["reference"],
            object_id=row["object_id"],
        )
