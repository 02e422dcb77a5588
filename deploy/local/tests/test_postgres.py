"""PostgreSQL for real: finds its data again, survives a kill, and keeps the services' databases apart."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from launcher.paths import StatePaths, may_enter, outside_folder
from launcher.ports import free_port
from launcher.postgres import PostgresServer, run_sql
from launcher.testing import postgres_server

pytestmark = pytest.mark.storage


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    paths = StatePaths(root=tmp_path, state=tmp_path / "state")
    paths.prepare()
    home = paths.postgres_home()
    yield PostgresServer(home, free_port(), tmp_path / "log", admin_password="very secret", durable=True)
    paths.remove()


def test_restart_finds_its_data_again(server: PostgresServer) -> None:
    child = server.start()
    run_sql(server, "create table kept (word text); insert into kept values ('here')")
    child.stop()
    child = server.start()
    try:
        assert run_sql(server, "select word from kept") == "here"
        assert run_sql(server, "show fsync") == "on"
    finally:
        child.stop()


def test_kill_and_start_at_once_loses_nothing(server: PostgresServer) -> None:
    child = server.start()
    run_sql(server, "create table kept (word text); insert into kept values ('here')")
    child.kill()
    child = server.start()
    try:
        assert run_sql(server, "select word from kept") == "here"
    finally:
        child.stop()


async def test_service_reaches_its_own_database_and_no_other(server: PostgresServer) -> None:
    child = server.start()
    try:
        server.create_databases({"orders": "first", "payments": "second"})
        # Again, with another password: what a start on existing data does.
        server.create_databases({"orders": "third", "payments": "second"})
        own = await asyncpg.connect(f"postgresql://orders:third@127.0.0.1:{server.port}/orders")
        assert await own.fetchval("select current_user") == "orders"
        await own.execute("create table of_orders (n int)")
        await own.close()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"postgresql://orders:third@127.0.0.1:{server.port}/payments")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://orders:first@127.0.0.1:{server.port}/orders")
    finally:
        child.stop()


async def test_server_of_a_test_run_is_shared_and_forgetful() -> None:
    url = postgres_server()
    assert postgres_server() == url
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("show fsync") == "off"
    assert await connection.fetchval("select version()") == await connection.fetchval("select version()")
    await connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="Without root the server runs as oneself, who may enter the clone.")
def test_clone_closed_to_others_keeps_its_data_outside_and_reset_removes_both(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir(mode=0o700)
    paths = StatePaths(root=clone, state=clone / ".regrade")
    paths.prepare()
    assert not may_enter(paths.state)

    home = paths.postgres_home()
    server = PostgresServer(home, free_port(), paths.logs / "log", admin_password="very secret", durable=False)
    child = server.start()
    run_sql(server, "create table kept (word text)")
    child.stop()

    assert home == outside_folder(paths.state)
    assert paths.data_folder_note.read_text() == f"{home}\n"
    assert (home / "postgres" / "PG_VERSION").exists()
    assert not (paths.state / "postgres").exists()
    # The data stays where it is even when the clone is opened later.
    clone.chmod(0o755)
    assert paths.postgres_home() == home

    assert sorted(paths.remove()) == sorted([paths.state, home])
    assert not home.exists()
    assert not paths.state.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root has another user's binaries to worry about.")
def test_binaries_closed_to_the_server_user_are_copied_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = StatePaths(root=tmp_path, state=tmp_path / "state")
    paths.prepare()
    home = paths.postgres_home()
    monkeypatch.setattr("launcher.postgres.may_enter", lambda folder: False)
    server = PostgresServer(home, free_port(), tmp_path / "log", admin_password=None, durable=False)
    child = server.start()
    try:
        program = subprocess.run(["readlink", f"/proc/{child.pid}/exe"], capture_output=True, text=True, check=True)
        assert program.stdout.startswith(str(home))
        assert run_sql(server, "select 1") == "1"
    finally:
        child.stop()
        paths.remove()
