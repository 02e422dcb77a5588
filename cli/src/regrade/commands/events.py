"""`regrade events tail|replay`: watch the facts as they happen, or publish the archives again."""

import asyncio
import json
import subprocess
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from launcher.environment import SERVICES, environment_of, load_secrets
from launcher.paths import StatePaths, clone_root
from launcher.problems import LauncherProblem
from regrade.here import ports_of
from regrade.platform import read_contract


def register(app: typer.Typer) -> None:
    """Add `events tail` and `events replay`."""
    events = typer.Typer(help="The facts on Kafka.", no_args_is_help=True)
    events.command("tail")(tail)
    events.command("replay")(replay)
    app.add_typer(events, name="events")


def tail(
    topic: Annotated[str, typer.Option(help="Only topics that begin with this.")] = "",
    from_beginning: Annotated[bool, typer.Option(help="Everything, not only what comes.")] = False,
    count: Annotated[int | None, typer.Option(help="Stop after so many.")] = None,
    kafka: Annotated[str | None, typer.Option(help="By default the platform of this clone.")] = None,
    output: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Print events as they happen."""
    bootstrap = kafka or read_contract(clone_root() / ".regrade" / "demo.json")["kafka"]
    try:
        asyncio.run(_tail(bootstrap, topic, from_beginning, count, output == "json"))
    except KeyboardInterrupt:
        return


async def _tail(bootstrap: str, prefix: str, from_beginning: bool, count: int | None, as_json: bool) -> None:
    from aiokafka import AIOKafkaConsumer

    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest" if from_beginning else "latest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        ours = sorted(t for t in await consumer.topics() if not t.startswith("_") and t.startswith(prefix))
        if not ours:
            raise LauncherProblem("no_such_topic", f"There is no topic that begins with {prefix!r}.")
        consumer.subscribe(ours)
        seen = 0
        async for record in consumer:
            _print(record, as_json)
            seen += 1
            if seen == count:
                return
    finally:
        await consumer.stop()


def _print(record: Any, as_json: bool) -> None:
    headers = {name: value.decode(errors="replace") for name, value in record.headers}
    body = json.loads(record.value)
    if as_json:
        print(
            json.dumps({"topic": record.topic, "key": record.key.decode(), "headers": headers, "data": body}),
            flush=True,
        )
        return
    when = headers.get("ce_time", "")[:19]
    line = f"{when}  {headers.get('ce_type', record.topic):<46} {headers.get('ce_seq', ''):>4}  {record.key.decode()}"
    Console().print(line, highlight=False, soft_wrap=True)


def replay(
    topic: Annotated[str | None, typer.Option(help="This topic only.")] = None,
) -> None:
    """Publish every archived event again, service by service: consumers drop what they already have."""
    paths = StatePaths(root=clone_root(), state=clone_root() / ".regrade")
    ports = ports_of(paths)
    secrets = load_secrets(paths.secrets)
    for service in (*SERVICES, "gateway"):
        if topic is not None and not topic.startswith(f"{service}."):
            continue
        command = [sys.executable, "-m", service, "replay", *(["--topic", topic] if topic else [])]
        environment = environment_of(service, ports, secrets, paths.markets, {"REGRADE_LOG_FORMAT": "console"})
        done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own program
        if done.returncode != 0:
            raise LauncherProblem("replay_failed", f"{service} could not publish its events again.", "See above.")
