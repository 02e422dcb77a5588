"""The one place that gives out ports: the stack's own row of them, and free ones for tests."""

import contextlib
import fcntl
import os
import random
import socket
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from launcher.problems import LauncherProblem

LOOPBACK = "127.0.0.1"
DEFAULT_BASE = 8080
_OFFSETS = {
    "gateway": 0,
    "accounts": 1,
    "catalog": 2,
    "orders": 3,
    "payments": 4,
    "aftersales": 5,
    "sandbox": 6,
    "postgres": 7,
    "kafka": 8,
    "kafka-controller": 9,
    "mailbox": 10,
}
# Below the range from which Linux takes ports for outgoing connections (32768 and up), so that no client can
# take a port between our look at it and the moment a slow starter such as Kafka binds it. Rows stand at every 16th port, so
# that two of them are either the same or share none.
_ROW = 16
_FREE_ROWS = range(20_000, 32_000, _ROW)
# Rows that this process has given out, each with the descriptor of a file whose lock keeps it from others until this process
# ends; and what is left of the row that single ports are taken from.
_claims: dict[int, int] = {}
_single_ports: list[int] = []


@dataclass(frozen=True)
class Ports:
    """The row of ports that starts at `base`; offsets are those of decision 32."""

    base: int = DEFAULT_BASE

    def __post_init__(self) -> None:
        if not 1024 <= self.base <= 65_535 - max(_OFFSETS.values()):
            raise LauncherProblem(
                "port_base_out_of_range",
                f"REGRADE_PORT_BASE is {self.base}, but must lie between 1024 and 65525.",
                "Choose another base.",
            )

    def of(self, name: str) -> int:
        return self.base + _OFFSETS[name]

    def address(self, name: str) -> str:
        return f"{LOOPBACK}:{self.of(name)}"

    def url(self, name: str) -> str:
        return f"http://{self.address(name)}"

    def all(self) -> dict[str, int]:
        return {name: self.of(name) for name in _OFFSETS}


def port_base(value: str | None) -> int:
    """Read REGRADE_PORT_BASE; an absent or empty value is the default."""
    if not value:
        return DEFAULT_BASE
    if not value.isdecimal():
        raise LauncherProblem("port_base_not_a_number", f"REGRADE_PORT_BASE is {value!r}, which is not a number.")
    return Ports(int(value)).base


def require_free(ports: dict[str, int], patience_seconds: float = 0) -> None:
    """Refuse with the first port that another process holds, naming that process where the system tells us."""
    deadline = time.monotonic() + patience_seconds
    for name, port in ports.items():
        while not is_free(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not is_free(port):
            raise LauncherProblem(
                "port_in_use",
                f"Port {port}, which {name} needs, is in use by {_owner(port)}.",
                "Stop that process or choose other ports with REGRADE_PORT_BASE.",
            )


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A server restarted after a crash must not be kept out by its predecessor's closing connections.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that is free now and given to nobody else as long as this process lives."""
    while True:
        if not _single_ports:
            base = free_port_base(range(_ROW))
            _single_ports.extend(range(base, base + _ROW))
        if is_free(port := _single_ports.pop()):
            return port


def free_port_base(offsets: Iterable[int] = _OFFSETS.values()) -> int:
    """A base whose whole row is free now, and given to nobody else as long as this process lives.

    Free alone would not do: from a look at a row to the moment when all of a platform listens on it, seconds go by.
    """
    wanted = list(offsets)
    dice = random.SystemRandom()
    for _ in range(500):
        base = dice.choice(_FREE_ROWS)
        if not _claim(base):
            continue
        if all(is_free(base + offset) for offset in wanted):
            return base
        os.close(_claims.pop(base))
    raise LauncherProblem("no_free_port", "No free row of ports was found between 20000 and 32000.")


def _claim(base: int) -> bool:
    folder = Path(tempfile.gettempdir(), f"regrade-ports-{os.geteuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    claim = os.open(folder / str(base), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(claim)
        return False
    _claims[base] = claim
    return True


def _owner(port: int) -> str:
    # Only root sees other people's processes; for them the port alone must do.
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                if connection.pid is None:
                    break
                process = psutil.Process(connection.pid)
                return f"{process.name()} (process {process.pid})"
    return "another process"
