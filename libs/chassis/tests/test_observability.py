"""Logs, traces and the graceful stop: what an operator relies on at three in the morning."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def logged(program: str) -> list[dict[str, object]]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_logs_are_one_json_object_a_line_with_service_and_time() -> None:
    (line,) = logged(
        "import structlog; from chassis.observability.logs import configure_logs\n"
        "configure_logs('orders', as_json=True)\n"
        "structlog.get_logger('x').info('order.placed', number=100001, note='two\\nlines \\x1b[31m')"
    )
    assert (line["event"], line["service"], line["level"], line["number"]) == ("order.placed", "orders", "info", 100001)
    assert str(line["timestamp"]).endswith("Z")


def test_secrets_are_hidden_whoever_logs_them() -> None:
    (line,) = logged(
        "import structlog; from chassis.observability.logs import configure_logs\n"
        "configure_logs('accounts', as_json=True)\n"
        "structlog.get_logger('x').warning("
        "'sign_in', password='p', access_token='t', payout_iban='i', Authorization='b', who='me')"
    )
    hidden = {name for name, value in line.items() if value == "[hidden]"}
    assert hidden == {"password", "access_token", "payout_iban", "Authorization"}
    assert line["who"] == "me"


def test_log_lines_carry_the_trace_they_belong_to() -> None:
    first, second = logged(
        "import structlog; from opentelemetry import trace\n"
        "from chassis.observability.logs import configure_logs; from chassis.observability.traces import configure_traces\n"
        "configure_logs('orders', as_json=True); configure_traces('orders')\n"
        "log = structlog.get_logger('x')\n"
        "with trace.get_tracer('t').start_as_current_span('s'): log.info('inside')\n"
        "log.info('outside')"
    )
    assert len(str(first["trace_id"])) == 32
    assert "trace_id" not in second


TOY = """
import asyncio, os, sys
sys.path.insert(0, sys.argv[1])
from fastapi import APIRouter
from chassis.runner import Service, main
from chassis.web.auth import Keys
from toy.service import MIGRATIONS, ToyUnitOfWork, outbound

router = APIRouter()

@router.get("/v1/slow")
async def slow() -> str:
    open(os.environ["TOY_BEGAN"], "w").close()
    await asyncio.sleep(0.5)
    return "done"

async def no_keys():
    return {"keys": []}

def build(settings):
    return Service(
        name="toy", description="", settings=settings, migrations=MIGRATIONS, make_uow=ToyUnitOfWork, outbound=outbound,
        topics_out=["toy.counter"], routers=[router], keys=lambda executor: Keys(no_keys),
    )

sys.argv = ["toy", "all", "--migrate"]
main(build)
"""


def start_toy(environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("w") as file:
        return subprocess.Popen([sys.executable, "-c", TOY, str(TESTS)], env=environment, stderr=file)


@pytest.mark.storage
@pytest.mark.kafka
async def test_a_stopped_service_finishes_its_requests_and_leaves_cleanly(tmp_path: Path) -> None:
    import asyncio

    import asyncpg
    import httpx

    from chassis.kernel.ids import new_id
    from chassis.testing.wait import until_true
    from launcher.ports import free_port_base
    from launcher.testing import kafka_server, postgres_server

    admin, port = postgres_server(), free_port_base()
    name = f"runner_{new_id().hex}"
    connection = await asyncpg.connect(admin)
    await connection.execute(f'create database "{name}"')
    await connection.close()
    url = admin.replace("postgresql://", "postgresql+asyncpg://").rsplit("/", 1)[0] + f"/{name}"
    peers = {
        f"REGRADE_{peer}_URL": "http://127.0.0.1:1"
        for peer in ("GATEWAY", "ACCOUNTS", "CATALOG", "ORDERS", "PAYMENTS", "AFTERSALES")
    }
    environment = {
        **os.environ,
        **peers,
        "REGRADE_PORT": str(port),
        "REGRADE_DATABASE_URL": url,
        "REGRADE_KAFKA": kafka_server(),
        "REGRADE_INTERNAL_TOKEN": "inside",
        "REGRADE_MARKETS_DIR": str(tmp_path),
        "TOY_BEGAN": str(tmp_path / "began"),
    }
    log = tmp_path / "log"
    process = start_toy(environment, log)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:

            async def is_ready() -> bool:
                assert process.poll() is None, log.read_text()
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.TransportError:
                    return False

            await until_true(is_ready, bool, seconds=60)
            request = asyncio.create_task(client.get("/v1/slow"))

            async def has_begun() -> bool:
                return (tmp_path / "began").exists()

            await until_true(has_begun, bool)
            process.send_signal(signal.SIGTERM)
            assert (await request).json() == "done"
        code = await asyncio.to_thread(process.wait, 60)
    finally:
        process.kill()
        process.wait()
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert code == 0
    # A client of Kafka that was still connecting may be complained of when the process is gone but for its memory.
    events = [line["event"] for line in lines if not str(line["event"]).startswith("Unclosed AIOKafkaConnection")]
    assert events[-1] == "service.stopped"
