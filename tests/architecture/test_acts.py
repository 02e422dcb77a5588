"""No act of an operator goes by unrecorded: every route is walked, and a new one that forgets is named here."""

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from accounts.domain.scopes import SCOPES_BY_KIND
from chassis.runner import Service
from chassis.web.writes import write_call
from tests.contracts.kit import SERVICES, service

HELD = SCOPES_BY_KIND["operator"]
# Writes of an operator that are not recorded by the door itself, each with the place where that is done.
RECORDED_ELSEWHERE = {
    # In the service that handles the messages, in the transaction that handles them: chassis.kafka.inbox.
    "redrive_parked_messages",
}
# Ids on paths whose things an act does not change, or that are nobody's but the asker's.
NOTHING_TO_SEE = {"aggregate_id"}


def routes(built: Service) -> Iterator[APIRoute]:
    for router in (*built.routers, *built.last_routers):
        for route in router.routes:
            if isinstance(route, APIRoute) and not route.path.startswith("/internal"):
                yield route


def scopes_of(dependant: Dependant) -> frozenset[str]:
    """Any one of these lets in."""
    own: frozenset[str] = getattr(dependant.call, "scopes", frozenset())
    return own.union(*(scopes_of(one) for one in dependant.dependencies))


def calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for one in dependant.dependencies:
        yield from calls(one)


def operators_writes(name: str) -> list[APIRoute]:
    """What changes something and lets an operator in."""
    return [
        route
        for route in routes(service(name))
        if (route.methods or set()) - {"GET", "HEAD"} and scopes_of(route.dependant) & HELD
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_every_write_of_an_operator_is_recorded_by_the_door(name: str) -> None:
    silent = {route.name for route in operators_writes(name) if write_call not in calls(route.dependant)}
    assert silent <= RECORDED_ELSEWHERE, "these routes do not go through Write, so nobody records who acted"


@pytest.mark.parametrize("name", SERVICES)
def test_the_log_can_see_what_an_act_changes(name: str) -> None:
    looks = service(name).looks
    unseen = {
        f"{route.name}: {id}"
        for route in operators_writes(name)
        for id in route.param_convertors
        if id.endswith("_id") and id not in looks and id not in NOTHING_TO_SEE
    }
    assert not unseen, "main.py does not say how these things look to the audit log"


def test_there_is_something_to_walk() -> None:
    assert {"approve_application", "close_account", "approve_change_request"} <= {
        route.name for route in operators_writes("accounts")
    }
    assert "redrive_parked_messages" in {route.name for route in operators_writes("gateway")}


@pytest.mark.parametrize("name", SERVICES)
def test_an_operators_scope_is_one_that_somebody_holds(name: str) -> None:
    asked = {scope for route in routes(service(name)) for scope in scopes_of(route.dependant)}
    assert {scope for scope in asked if scope.startswith("operator")} <= HELD
