"""Ports: a taken one is named together with its holder, and a base must leave room for the whole row."""

import os
import socket
import subprocess
import sys

import psutil  # type: ignore[import-untyped]
import pytest

from launcher.ports import Ports, free_port, free_port_base, is_free, port_base, require_free
from launcher.problems import LauncherProblem


def test_taken_port_is_named_with_its_holder() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(LauncherProblem) as refusal:
            require_free({"gateway": port})
    assert refusal.value.code == "port_in_use"
    name = psutil.Process().name()
    assert refusal.value.message == f"Port {port}, which gateway needs, is in use by {name} (process {os.getpid()})."
    assert "REGRADE_PORT_BASE" in refusal.value.what_to_do


def test_port_that_frees_itself_within_the_patience_is_accepted() -> None:
    port = free_port()
    require_free({"gateway": port}, patience_seconds=1)
    assert is_free(port)


def test_row_of_ports_follows_the_contract() -> None:
    ports = Ports(8080)
    assert ports.of("gateway") == 8080
    assert [ports.of(name) for name in ("accounts", "catalog", "orders", "payments", "aftersales")] == [
        8081,
        8082,
        8083,
        8084,
        8085,
    ]
    assert [ports.of(name) for name in ("sandbox", "postgres", "kafka", "kafka-controller", "mailbox")] == [
        8086,
        8087,
        8088,
        8089,
        8090,
    ]


def test_free_row_is_free_as_a_whole() -> None:
    base = free_port_base()
    assert all(is_free(port) for port in Ports(base).all().values())


def test_no_port_is_given_out_twice() -> None:
    rows = [free_port_base() for _ in range(20)]
    single = [free_port() for _ in range(20)]
    other = "from launcher.ports import free_port_base; print(*(free_port_base() for _ in range(20)))"
    done = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=True)
    rows += map(int, done.stdout.split())
    ports = [*single, *(port for base in rows for port in Ports(base).all().values())]
    assert len(ports) == len(set(ports))


@pytest.mark.parametrize("value", ["eighty", "80", "65530", "-1"])
def test_base_without_room_for_the_row_is_refused(value: str) -> None:
    with pytest.raises(LauncherProblem):
        port_base(value)


@pytest.mark.parametrize(("value", "base"), [(None, 8080), ("", 8080), ("18080", 18080)])
def test_base_is_read_from_the_environment(value: str | None, base: int) -> None:
    assert port_base(value) == base
