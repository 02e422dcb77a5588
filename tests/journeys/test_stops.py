"""The platform falls after every step of a story in turn, comes back, and the story still ends as it should."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import pytest

from launcher.paths import clone_root
from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade.platform import Platform
from regrade.story import Story
from tests.journeys.conftest import NO_LIMITS
from tests.journeys.fallible_story import FallibleStory, Step
from tests.journeys.persistence import insist

pytestmark = pytest.mark.journey

OURS = ("gateway", "aftersales", "payments", "orders", "catalog", "accounts", "sandbox")
# By hand, a name of `FALLS` alone: the same fall after every step.
ONLY = os.environ.get("REGRADE_FALL")


def crash(stack: Stack) -> None:
    """Every process of ours is killed in the middle of what it does; database and broker go on."""
    for name in OURS:
        stack.kill(name)
    with ThreadPoolExecutor(len(OURS)) as pool:
        list(pool.map(stack.start_one, OURS))


def power_cut(stack: Stack) -> None:
    """Everything is killed, database and broker first."""
    for name in ("postgres", "kafka", *OURS):
        stack.kill(name)
    stack.stop()
    stack.start()


def stop_in_order(stack: Stack) -> None:
    """Everything is stopped the way Ctrl-C does it, and started anew."""
    stack.stop()
    stack.start()


FALLS: dict[str, Callable[[Stack], None]] = {"crash": crash, "power_cut": power_cut, "stop_in_order": stop_in_order}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A platform of its own, safe against power cuts, with nobody on it."""
    found = Stack(tmp_path_factory.mktemp("stops") / "state", free_port_base(), extra=NO_LIMITS)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        found.paths.remove()


def test_the_story_ends_whatever_falls_after_each_of_its_steps(stack: Stack) -> None:
    platform = Platform(stack.url("gateway"), stack.url("sandbox"))
    story = Story(platform, stack.secrets["operator_api_key"], stack.secrets["internal_token"])
    falls = cycle([FALLS[ONLY]] if ONLY else FALLS.values())
    told: list[str] = []
    for step in FallibleStory(story).told():
        fall = next(falls)
        fall(stack)
        comes_true(step, fall.__name__)
        told.append(step.name)
    assert told[0] == "the buyer signs up"
    assert told[-1] == "the seller is paid out"
    assert len(set(told)) == len(told)


def comes_true(step: Step, fall: str) -> None:
    try:
        insist(step.comes_true, step.name)
    except Exception as error:
        error.add_note(f"after {fall} at the step: {step.name}")
        raise


def test_the_books_of_a_platform_that_fell_all_the_time_are_right(stack: Stack) -> None:
    command = [sys.executable, "-m", "regrade", "audit", "--state", str(stack.paths.state), "--output", "json"]
    environment = {**os.environ, "REGRADE_PORT_BASE": str(stack.ports.base)}
    audit = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=Path(clone_root()), timeout=600
    )
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert json.loads(audit.stdout)
