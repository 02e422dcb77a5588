"""One Kafka node (broker and controller in one process) from Maven Central's jars, on loopback."""

import base64
import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.ports import LOOPBACK
from launcher.problems import LauncherProblem
from launcher.processes import Child, Program, disk_full, start, wait_until

# The full effort of the compiler pays after hours of load; until then it takes a core from everybody else on the machine
# (measured on two: 8 CPU-ms an order in the broker with it, 2.6 without).
_HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")
_LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
)
_SHORT_RUN = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m")
_START_SECONDS = 120


@dataclass(frozen=True)
class KafkaNode:
    """Where one node lives: `home` holds its settings and its log, `jars` is the class path."""

    home: Path
    port: int
    controller_port: int
    log: Path
    java: str
    jars: Sequence[Path]

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> Child:
        """Start the node, on an empty folder after formatting it, and return when it answers requests."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = self.home / "server.properties"
        settings.write_text("".join(f"{name}={value}\n" for name, value in _settings(self).items()))
        if not (self.data / "meta.properties").exists():
            _format(self, settings)
        child = start(
            Program(
                name="Kafka",
                command=[self.java, *_HEAP, *_LOGGING, "-cp", _class_path(self.jars), "kafka.Kafka", str(settings)],
                log=self.log,
                environment={"PATH": os.defpath, "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
                folder=self.home,
                stop_signal=signal.SIGTERM,
                grace_seconds=15,
            )
        )
        try:
            wait_until(lambda: _answers(self.port), child, _START_SECONDS)
        except LauncherProblem:
            child.stop()
            raise
        return child


def _settings(node: KafkaNode) -> dict[str, str | int]:
    broker, controller = node.address, f"{LOOPBACK}:{node.controller_port}"
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{broker}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(node.data),
        "num.io.threads": 2,
        "num.network.threads": 2,
        # After a crash the node waits for its former self's session to end; the default makes that 15 to 24 s.
        "broker.session.timeout.ms": 2000,
        "broker.heartbeat.interval.ms": 500,
        # A topic that nobody declared is a mistake in a name.
        "auto.create.topics.enable": "false",
        # Topics are the public record and never expire; nor do the places of readers who were away for long.
        "log.retention.ms": -1,
        "offsets.retention.minutes": 2_147_483_647,
        "offsets.topic.num.partitions": 4,
        "offsets.topic.replication.factor": 1,
        "transaction.state.log.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "group.initial.rebalance.delay.ms": 0,
    }


def _format(node: KafkaNode, settings: Path) -> None:
    # A folder without meta.properties is a format that was interrupted.
    shutil.rmtree(node.data, ignore_errors=True)
    cluster = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
    tool = ["kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", str(settings)]
    done = subprocess.run(  # noqa: S603
        [node.java, *_SHORT_RUN, *_LOGGING, "-cp", _class_path(node.jars), *tool],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(node.data, ignore_errors=True)
        words = f"{done.stdout}\n{done.stderr}".strip()
        if "No space left" in words:
            raise disk_full(node.home)
        raise LauncherProblem("kafka_format_failed", f"Kafka could not set up {node.data}: {words}")


def _class_path(jars: Sequence[Path]) -> str:
    return ":".join(str(jar) for jar in jars)


def _answers(port: int) -> bool:
    """Ask which requests it knows (ApiVersions, version 0): an open port alone does not mean that it works yet."""
    request = struct.pack(">hhih", 18, 0, 1, -1)
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        return len(connection.recv(4)) == 4
    return False
