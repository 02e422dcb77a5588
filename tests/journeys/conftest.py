"""One whole platform for all journeys: real PostgreSQL, real Kafka, every service a process, everything through the gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade import demo
from tests.journeys.people import People
from tests.journeys.prey import Prey, hunted
from tests.journeys.world import Said, World, at_rest, settled

# The attacks knock more often than the edge lets one address knock; its limits have tests of their own.
NO_LIMITS = {"REGRADE_RATE_PER_ADDRESS": "100000/minute", "REGRADE_RATE_PER_CALLER": "100000/minute"}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    state: Path = tmp_path_factory.mktemp("journeys") / "state"
    stack = Stack(state, free_port_base(), durable=False, extra=NO_LIMITS)
    said = Said()
    try:
        stack.start()
        demo.play(stack, said)
        yield settled(stack, said)
    finally:
        stack.stop()
        stack.paths.remove()


@pytest.fixture(scope="session")
def prey(world: World) -> Iterator[Prey]:
    found = hunted(world)
    try:
        yield found
    finally:
        found.people.close()


@pytest.fixture
def people(prey: Prey) -> People:
    return prey.people


@pytest.fixture(scope="module")
def unchanged(prey: Prey) -> Iterator[None]:
    """Everybody sees after all tests of a module what they saw before the first."""
    # What the module before set going has come to its end, and so has whatever the attacks might have.
    at_rest(prey.world)
    before = prey.sees()
    yield
    at_rest(prey.world)
    assert prey.sees() == before
