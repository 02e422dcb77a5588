"""The stack on real PostgreSQL and Kafka, with stand-ins for our own processes."""

import http.client
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from launcher.ports import free_port_base, is_free
from launcher.problems import LauncherProblem
from launcher.stack import App, Stack
from launcher.testing import eventually
from launcher.watch import RESTARTS_MAX, watch

pytestmark = pytest.mark.kafka

STAND_IN = str(Path(__file__).with_name("stand_in.py"))
APPS = (App("sandbox", [STAND_IN]), App("orders", [STAND_IN]), App("gateway", [STAND_IN]))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack") / "state", free_port_base(), durable=False, apps=APPS)
    with stack:
        yield stack
    stack.paths.remove()


@pytest.fixture
def told(stack: Stack) -> Iterator[list[str]]:
    """What the watch says while the test runs."""
    sentences: list[str] = []
    stopped = threading.Event()
    watcher = threading.Thread(target=watch, args=(stack, sentences.append, stopped))
    watcher.start()
    yield sentences
    stopped.set()
    watcher.join()


def get(stack: Stack, name: str, path: str = "/") -> str:
    with urllib.request.urlopen(stack.url(name) + path, timeout=10) as answer:
        return str(answer.read().decode())


def die(stack: Stack, name: str) -> None:
    with pytest.raises((http.client.HTTPException, OSError)):
        get(stack, name, "/die")


def test_all_parts_are_ready_and_each_knows_its_own_database(stack: Stack) -> None:
    assert stack.dead() == []
    for name in ("sandbox", "orders", "gateway"):
        assert get(stack, name).endswith(f"/{name}")


def test_killed_part_is_down_until_it_is_started(stack: Stack) -> None:
    before = stack.child("orders").pid
    stack.kill("orders")
    assert stack.dead() == ["orders"]
    assert is_free(stack.ports.of("orders"))
    stack.start_one("orders")
    assert stack.dead() == []
    assert stack.child("orders").pid != before


def test_variables_given_to_one_start_count_for_that_start_only(stack: Stack) -> None:
    own = get(stack, "orders")
    stack.kill("orders")
    stack.start_one("orders", {"REGRADE_DATABASE_URL": "postgresql://elsewhere"})
    assert get(stack, "orders") == "postgresql://elsewhere"
    stack.kill("orders")
    stack.start_one("orders")
    assert get(stack, "orders") == own


@pytest.mark.parametrize("name", ["postgres", "kafka"])
def test_killed_server_comes_back(stack: Stack, name: str) -> None:
    stack.kill(name)
    stack.start_one(name)
    assert stack.dead() == []


def test_second_stack_on_the_same_ports_is_refused_by_port(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.stack._PORT_PATIENCE_SECONDS", 0)
    with pytest.raises(LauncherProblem) as refusal:
        Stack(tmp_path / "state", stack.ports.base, apps=APPS).start()
    assert refusal.value.code == "port_in_use"
    assert f"Port {stack.ports.base}, which gateway needs" in refusal.value.message


def test_dead_part_is_named_with_its_last_words_and_started_again(stack: Stack, told: list[str]) -> None:
    die(stack, "sandbox")
    eventually(lambda: "sandbox is running again." in told)
    assert "sandbox ended with exit code 3" in told[0]
    assert "the roof came down" in told[0]
    assert get(stack, "sandbox").endswith("/sandbox")


def test_part_that_keeps_dying_ends_the_watch(stack: Stack) -> None:
    sentences: list[str] = []

    def tell(sentence: str) -> None:
        sentences.append(sentence)
        if sentence == "orders is running again.":
            die(stack, "orders")

    die(stack, "orders")
    with pytest.raises(LauncherProblem) as end:
        watch(stack, tell, threading.Event())
    assert end.value.code == "keeps_dying"
    assert sentences.count("orders is running again.") == RESTARTS_MAX
    stack.start_one("orders")


def test_part_that_cannot_start_is_named_and_nothing_is_left_running(tmp_path: Path) -> None:
    state = tmp_path / "state"
    broken = Stack(state, free_port_base(), durable=False, apps=[*APPS, App("payments", [STAND_IN, "broken"])])
    with pytest.raises(LauncherProblem) as failure:
        broken.start()
    try:
        assert "payments ended with exit code 1" in failure.value.message
        assert "there is no database" in failure.value.message
        mine = [process for process in psutil.Process().children(recursive=True) if process.is_running()]
        assert not [process for process in mine if str(state) in " ".join(process.cmdline())]
        assert all(is_free(port) for port in broken.ports.all().values())
    finally:
        broken.paths.remove()
