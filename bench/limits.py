"""What this machine's PostgreSQL can do at the very most, with nothing of ours in between."""

import asyncio
import time

import asyncpg

_TABLES = """
create table bench_offers (id bigint primary key, available integer not null check (available >= 0));
insert into bench_offers select n, 1000000 from generate_series(1, 1000) n;
create table bench_orders (id bigserial primary key, offer_id bigint not null, quantity integer not null);
create table bench_outbox (n bigserial primary key, body jsonb not null);
create table bench_stock (sku text primary key, quantity integer not null, price integer not null);
"""
_ORDER = """
with held as (update bench_offers set available = available - 2 where id = $1 and available >= 2 returning id),
placed as (insert into bench_orders (offer_id, quantity) select id, 2 from held returning id)
insert into bench_outbox (body) select jsonb_build_object('order', id) from placed
"""
_PUSH = """
insert into bench_stock select * from unnest($1::text[], $2::int[], $3::int[])
on conflict (sku) do update set quantity = excluded.quantity, price = excluded.price
"""


async def orders_per_second(dsn: str, *, connections: int, seconds: float) -> float:
    """Reserve, insert, outbox in one statement and one commit each, from so many connections."""
    pool = await asyncpg.create_pool(dsn, min_size=connections, max_size=connections)
    done = 0
    until = time.monotonic() + seconds

    async def one(worker: int) -> None:
        nonlocal done
        async with pool.acquire() as connection:
            offer = worker
            while time.monotonic() < until:
                await connection.execute(_ORDER, offer % 1000 + 1)
                offer += connections
                done += 1

    await asyncio.gather(*(one(worker) for worker in range(connections)))
    await pool.close()
    return done / seconds


async def lines_per_second(dsn: str, *, lines: int, rounds: int) -> float:
    """Upsert so many stock rows in one statement, several times."""
    connection = await asyncpg.connect(dsn)
    skus = [f"S{n}" for n in range(lines)]
    began = time.monotonic()
    for round_ in range(rounds):
        await connection.execute(_PUSH, skus, [round_ + n for n in range(lines)], [100 + round_] * lines)
    spent = time.monotonic() - began
    await connection.close()
    return lines * rounds / spent


async def prepare(admin_dsn: str) -> str:
    """A database of the limits' own beside the platform's, on the same server and disk."""
    connection = await asyncpg.connect(admin_dsn)
    await connection.execute("create database bench")
    await connection.close()
    dsn = admin_dsn.rsplit("/", 1)[0] + "/bench"
    connection = await asyncpg.connect(dsn)
    await connection.execute(_TABLES)
    await connection.close()
    return dsn
