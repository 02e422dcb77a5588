"""The script that makes the databases, run against a real server as the PostgreSQL image would run it."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import postgres
from launcher.ports import LOOPBACK, free_port

SCRIPT = Path(__file__).parents[2] / "deploy" / "postgres" / "init.sh"
NAMES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway", "sandbox")
PASSWORDS = {f"{name.upper()}_DATABASE_PASSWORD": f"word-of-{name}" for name in NAMES}


@pytest.fixture
def server() -> Iterator[postgres.PostgresServer]:
    """A server of this test's own: users belong to a whole server."""
    with tempfile.TemporaryDirectory(prefix="regrade-init-") as name:
        folder = Path(name)
        # pytest's own folders are closed to the user the server runs as.
        folder.chmod(0o755)
        one = postgres.PostgresServer(
            home=folder / "pg", port=free_port(), log=folder / "pg.log", admin_password="admin-word", durable=False
        )
        child = one.start()
        yield one
        child.stop()


def init(server: postgres.PostgresServer, passwords: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    # The image runs the script over its socket; here the server is found by the usual variables of libpq.
    environment = {
        "PATH": f"{postgres.server_binaries(server.home)}:{os.defpath}",
        "PGHOST": LOOPBACK,
        "PGPORT": str(server.port),
        "PGPASSWORD": "admin-word",
        **passwords,
    }
    return subprocess.run(["sh", SCRIPT], env=environment, capture_output=True, text=True, check=False)


def sign_in(server: postgres.PostgresServer, user: str, password: str, database: str) -> bool:
    done = subprocess.run(
        [postgres.server_binaries(server.home) / "psql", "-X", "-h", LOOPBACK, "-p", str(server.port), "-U", user,
         "-d", database, "-c", "create table probe_" + user + " (n integer)"],
        env={"PATH": os.defpath, "PGPASSWORD": password},
        capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode == 0


@pytest.mark.storage
def test_each_program_may_enter_its_own_database_only(server: postgres.PostgresServer) -> None:
    done = init(server, PASSWORDS)
    assert (done.returncode, done.stderr) == (0, "")
    assert sign_in(server, "orders", "word-of-orders", "orders")
    assert not sign_in(server, "orders", "word-of-payments", "orders")
    assert not sign_in(server, "orders", "word-of-orders", "payments")
    assert [name for name in NAMES if not sign_in(server, name, f"word-of-{name}", name) and name != "orders"] == []


def test_a_missing_password_is_named() -> None:
    done = subprocess.run(["sh", SCRIPT], env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "set ACCOUNTS_DATABASE_PASSWORD" in done.stderr
