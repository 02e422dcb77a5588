"""The whole platform as child processes: PostgreSQL and Kafka first, then sandbox, services and gateway side by side."""

import http.client
import shutil
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from launcher.environment import DATABASES, OPERATOR_EMAIL, SERVICES, environment_of, load_secrets
from launcher.java import find_java
from launcher.kafka import KafkaNode
from launcher.kafka_jars import cache_folder, provide_jars
from launcher.paths import StatePaths, clone_root
from launcher.ports import LOOPBACK, Ports, require_free
from launcher.postgres import PostgresServer
from launcher.problems import LauncherProblem
from launcher.processes import Child, Program, disk_full, start, wait_until
from launcher.progress import Progress, Silent

_READY_SECONDS = 180
_FREE_BYTES_MIN = 500_000_000
# A predecessor that was killed may still be closing its ports.
_PORT_PATIENCE_SECONDS = 5


@dataclass(frozen=True)
class App:
    """One of our own processes: its name (also its port and database) and the arguments after `python`."""

    name: str
    arguments: Sequence[str]


APPS = (
    App("sandbox", ["-m", "sandbox"]),
    *(App(service, ["-m", service, "all", "--migrate"]) for service in SERVICES),
    App("gateway", ["-m", "gateway", "all", "--migrate"]),
)


class Stack:
    """Start, stop, kill and restart the platform, or parts of it by name.

    Names: postgres, kafka, sandbox, accounts, catalog, orders, payments, aftersales, gateway.
    `state` is the folder for everything written (for people `<clone>/.regrade`). `durable=False` gives up safety against
    power cuts for speed. `extra` are environment variables for all of our own processes.
    All methods block; from asyncio call them in a thread.
    """

    def __init__(
        self,
        state: Path,
        port_base: int,
        *,
        durable: bool = True,
        apps: Sequence[App] = APPS,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.paths = StatePaths(root=clone_root(), state=state)
        self.ports = Ports(port_base)
        self.secrets: dict[str, str] = {}
        self._durable = durable
        self._apps = {app.name: app for app in apps}
        self._extra = dict(extra or {})
        # In the order of their start.
        self._children: dict[str, Child] = {}
        self._turn = threading.Lock()
        self._stopping = False

    def start(self, progress: Progress | None = None) -> None:
        """Start everything and return when all of it is ready. When a part fails, everything is stopped again."""
        progress = progress or Silent()
        self._stopping = False
        require_free(self.ports.all(), _PORT_PATIENCE_SECONDS)
        self.paths.prepare()
        if shutil.disk_usage(self.paths.state).free < _FREE_BYTES_MIN:
            raise disk_full(self.paths.state)
        self.secrets = load_secrets(self.paths.secrets)
        try:
            self._side_by_side(
                [lambda: self._start_postgres(progress), lambda: self._start_kafka(progress)],
            )
            self._side_by_side([self._starter_of(app, progress) for app in self._apps.values()])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all parts, the last started first; our own processes side by side."""
        with self._turn:
            self._stopping = True
            children, self._children = self._children, {}
        apps = [child for name, child in reversed(children.items()) if name in self._apps]
        if apps:
            with ThreadPoolExecutor(len(apps)) as pool:
                list(pool.map(Child.stop, apps))
        for name, child in reversed(children.items()):
            if name not in self._apps:
                child.stop()

    def start_one(self, name: str, extra: Mapping[str, str] | None = None) -> None:
        """Start one part again (after `kill` or `stop_one`) and return when it is ready.

        `extra` are environment variables for this start only; PostgreSQL and Kafka take none.
        """
        assert name not in self._children or not self._children[name].is_running(), f"{name} is running"
        match name:
            case "postgres":
                self._keep(name, self._postgres().start())
            case "kafka":
                self._keep(name, self._kafka(Silent()).start())
            case _:
                self._start_app(self._apps[name], extra)

    def stop_one(self, name: str) -> None:
        self._children[name].stop()

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash would; the part stays down until `start_one`."""
        self._children[name].kill()

    def child(self, name: str) -> Child:
        return self._children[name]

    def dead(self) -> list[str]:
        """Names of the parts that were started and do not run."""
        return [name for name, child in list(self._children.items()) if not child.is_running()]

    def url(self, name: str) -> str:
        return self.ports.url(name)

    def environment(self, name: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The variables the process `name` gets; for programs that want to reach the stack as it does."""
        return environment_of(name, self.ports, self.secrets, self.paths.markets, {**self._extra, **(extra or {})})

    def contract(self) -> dict[str, Any]:
        """What outside tools are told (demo.json): addresses, operator and auditor. The demo adds buyers and sellers."""
        return {
            "gateway": self.url("gateway"),
            "kafka": self.ports.address("kafka"),
            "sandbox": self.url("sandbox"),
            "dashboard": f"{self.url('gateway')}/dashboard",
            "operator": {
                "email": OPERATOR_EMAIL,
                "password": self.secrets["operator_password"],
                "api_key": self.secrets["operator_api_key"],
            },
            "buyers": [],
            "sellers": [],
            "auditor": {"api_key": self.secrets["auditor_api_key"]},
        }

    def admin_url(self) -> str:
        """PostgreSQL's administrator, for tests and backups: postgresql://postgres:…@host:port/postgres."""
        return self._postgres().admin_url()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_postgres(self, progress: Progress) -> None:
        progress.began("PostgreSQL")
        server = self._postgres()
        self._keep("postgres", server.start())
        server.create_databases({name: self.secrets[f"{name}_database_password"] for name in DATABASES})
        progress.finished("PostgreSQL")

    def _start_kafka(self, progress: Progress) -> None:
        progress.began("Kafka")
        self._keep("kafka", self._kafka(progress).start())
        progress.finished("Kafka")

    def _starter_of(self, app: App, progress: Progress) -> Callable[[], None]:
        def go() -> None:
            progress.began(app.name)
            self._start_app(app)
            progress.finished(app.name)

        return go

    def _start_app(self, app: App, extra: Mapping[str, str] | None = None) -> None:
        program = Program(
            name=app.name,
            command=[sys.executable, *app.arguments],
            log=self.paths.logs / f"{app.name}.log",
            environment=self.environment(app.name, extra),
            folder=self.paths.root,
        )
        child = self._keep(app.name, start(program))
        wait_until(lambda: _is_ready(self.ports.of(app.name)), child, _READY_SECONDS)

    def _postgres(self) -> PostgresServer:
        return PostgresServer(
            home=self.paths.postgres_home(),
            port=self.ports.of("postgres"),
            log=self.paths.logs / "postgres.log",
            admin_password=self.secrets["postgres_admin_password"],
            durable=self._durable,
        )

    def _kafka(self, progress: Progress) -> KafkaNode:
        cache = cache_folder(fallback=self.paths.root / ".regrade" / "cache")
        return KafkaNode(
            home=self.paths.kafka,
            port=self.ports.of("kafka"),
            controller_port=self.ports.of("kafka-controller"),
            log=self.paths.logs / "kafka.log",
            java=find_java(),
            jars=provide_jars(cache, lambda done, total: progress.advanced("Kafka download", done, total)),
        )

    def _keep(self, name: str, child: Child) -> Child:
        with self._turn:
            if not self._stopping:
                self._children[name] = child
                return child
        # The stop came while this part was starting in its own thread.
        child.stop()
        raise LauncherProblem("stopped", f"{name} was stopped while it started.")

    def _side_by_side(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Run all jobs at once; when one fails (or Ctrl-C comes), stop the stack so that the others end early too."""
        if not jobs:
            return
        pool = ThreadPoolExecutor(len(jobs))
        try:
            running = [pool.submit(job) for job in jobs]
            done, _ = wait(running, return_when=FIRST_EXCEPTION)
            for job in done:
                job.result()
        except BaseException:
            self.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
