"""Keeps a test server alive while any process of a test run wants it: `python -m launcher.keeper KIND FOLDER`.

A server may not belong to the pytest-xdist worker that asked first, because that worker may end before the others.
Each user holds a shared lock on FOLDER/users; the keeper waits for the exclusive one, which the kernel grants when the
last user is gone, however it went. Then it stops the server and removes the folder.
"""

import fcntl
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from launcher.java import find_java
from launcher.kafka import KafkaNode
from launcher.kafka_jars import cache_folder, provide_jars
from launcher.paths import clone_root, may_enter, outside_folder, own_folder
from launcher.ports import free_port
from launcher.postgres import PostgresServer
from launcher.problems import LauncherProblem
from launcher.processes import Child

USERS = "users"
ANSWER = "answer.json"


def start_postgres(folder: Path) -> tuple[Child, str]:
    """A server for tests: no password, no fsync. Returns it with the administrator's URL."""
    server = PostgresServer(
        home=_postgres_home(folder), port=free_port(), log=folder / "log", admin_password=None, durable=False
    )
    return server.start(), server.admin_url()


def start_kafka(folder: Path) -> tuple[Child, str]:
    """A node for tests. Returns it with its host:port."""
    node = KafkaNode(
        home=folder / "kafka",
        port=free_port(),
        controller_port=free_port(),
        log=folder / "log",
        java=find_java(),
        jars=provide_jars(cache_folder(fallback=clone_root() / ".regrade" / "cache")),
    )
    return node.start(), node.address


KINDS: dict[str, Callable[[Path], tuple[Child, str]]] = {"postgres": start_postgres, "kafka": start_kafka}


def main(kind: str, folder: Path) -> None:
    """Start the server, write its URL or its problem to FOLDER/answer.json, and stay until all users left."""
    # Ctrl-C at a test run, and the end of its session, are for pytest; the keeper goes when pytest has gone.
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with (folder / USERS).open("w") as users:
        try:
            child, url = KINDS[kind](folder)
        except LauncherProblem as problem:
            _answer(folder, {"problem": str(problem)})
            fcntl.flock(users, fcntl.LOCK_EX)
        else:
            _answer(folder, {"url": url})
            fcntl.flock(users, fcntl.LOCK_EX)
            child.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _answer(folder: Path, answer: dict[str, str]) -> None:
    unfinished = folder / "answer.unfinished"
    unfinished.write_text(json.dumps(answer))
    unfinished.rename(folder / ANSWER)


def _postgres_home(folder: Path) -> Path:
    if os.geteuid() != 0 or may_enter(folder):
        return folder
    return own_folder(outside_folder(clone_root()))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
