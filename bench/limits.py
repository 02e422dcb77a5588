"""What this machine's PostgreSQL can do at the very most, with nothing of ours in between, driven by its own pgbench."""

import re
import subprocess
from pathlib import Path

import asyncpg

from launcher.postgres import server_binaries
from launcher.stack import Stack

ROWS = 100_000
LINES = 1_000
_TABLES = f"""
create table bench_offers (id bigint primary key, available integer not null check (available >= 0));
insert into bench_offers select n, 1000000000 from generate_series(1, {ROWS}) n;
create table bench_orders (id bigserial primary key, offer_id bigint not null, quantity integer not null);
create table bench_lines (order_id bigint primary key, offer_id bigint not null);
create table bench_outbox (n bigserial primary key, body jsonb not null);
create table bench_stock (sku text primary key, quantity integer not null, price integer not null);
insert into bench_stock select 'S' || n, 0, 0 from generate_series(1, {ROWS}) n;
"""
# A reservation, an order, its line and an outbox row: one statement, one commit.
_ORDER = rf"""\set offer random(1, {ROWS})
with held as (update bench_offers set available = available - 2 where id = :offer and available >= 2 returning id),
placed as (insert into bench_orders (offer_id, quantity) select id, 2 from held returning id, offer_id),
lines as (insert into bench_lines (order_id, offer_id) select id, offer_id from placed)
insert into bench_outbox (body) select jsonb_build_object('order', id) from placed;
"""
_READ = rf"""\set offer random(1, {ROWS})
select id, available from bench_offers where id = :offer;
"""
# Rows in key order, unchanged ones left alone.
_PUSH = rf"""\set start random(0, {ROWS // LINES - 1})
\set price random(1, 1000000000)
insert into bench_stock as s select 'S' || (:start * {LINES} + n), :price, :price from generate_series(1, {LINES}) n
on conflict (sku) do update set quantity = excluded.quantity, price = excluded.price
where (s.quantity, s.price) is distinct from (excluded.quantity, excluded.price);
"""
_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


class PostgresLimits:
    """A database of the limits' own beside the platform's, on the same server and disk."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._folder = folder
        self.dsn = stack.admin_url().rsplit("/", 1)[0] + "/bench"
        self._admin_dsn = stack.admin_url()
        self._pgbench = server_binaries(stack.paths.postgres_home()) / "pgbench"

    async def prepare(self) -> None:
        """Make the database and its tables."""
        connection = await asyncpg.connect(self._admin_dsn)
        await connection.execute("create database bench")
        await connection.close()
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(_TABLES)
        await connection.close()

    def orders_per_second(self, seconds: int) -> float:
        """The order transaction as one statement, 16 connections."""
        return self._tps("order", _ORDER, 16, seconds)

    def reads_per_second(self, seconds: int) -> float:
        """One row by its primary key, 16 connections."""
        return self._tps("read", _READ, 16, seconds)

    def lines_per_second(self, seconds: int) -> float:
        """Upserts of 1,000 rows a commit, all of them changed, 2 connections."""
        return LINES * self._tps("push", _PUSH, 2, seconds)

    def _tps(self, name: str, script: str, clients: int, seconds: int) -> float:
        path = self._folder / f"{name}.sql"
        path.write_text(script)
        command = [str(self._pgbench), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds)]
        done = subprocess.run([*command, "-f", str(path), self.dsn], capture_output=True, text=True, check=False)
        found = _TPS.search(done.stdout)
        assert done.returncode == 0, done.stderr
        assert found, done.stdout
        return float(found[1])
