"""No act of an operator goes by unrecorded: every route is walked, and a new one that forgets is named here."""

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from accounts.domain.scopes import SCOPES_BY_KIND, SELF
from chassis.runner import Service
from chassis.web.writes import unkept_write_call, write_call
from tests.contracts.kit import SERVICES, service

# `self` is everybody's: staff ends its own sessions and keeps its own second factor by it.
HELD = SCOPES_BY_KIND["operator"] | {SELF}
RECORDING = {write_call, unkept_write_call}
# Writes of an operator that are not recorded by the door itself, each with the place where that is done.
RECORDED_ELSEWHERE = {
    # In the service that handles the messages, in the transaction that handles them: chassis.kafka.inbox.
    "redrive_parked_messages",
}
# Ids on paths whose things an act does not change, or that are nobody's but the asker's.
NOTHING_TO_SEE = {"aggregate_id", "session_id", "passkey_id"}
# Doors that ask nobody who they are: staff knocks there as well. Its act is recorded where it turns out to be staff, in
# accounts.use_cases.record_own_act (test_what_staff_does_before_it_is_signed_in_is_recorded_too) …
RECORDED_WHEN_KNOWN = {
    "sign_in",
    "show_second_factor",
    "finish_passkey_sign_in",
    "refresh_sign_in",
    "set_new_password",
    "use_new_address",
    "accept_invitation_link",
}
# … or these change nothing that staff could change, or are signed by somebody else.
NOT_STAFFS = {
    # Asks for a mail, a challenge, a token of ten minutes of a key whose making was recorded.
    "resend_activation_mail",
    "request_password_reset",
    "begin_passkey_sign_in",
    "issue_oauth_token",
    # Companies of other kinds begin here; the operator's is made by the platform, active.
    "register_company",
    "apply_to_sell",
    "activate_account",
    # The carrier, the payment provider, and whoever has a payment link.
    "receive_carrier",
    "receive_psp_webhook",
    "start_paying",
    # What is nowhere.
    "refuse",
}


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
    silent = {route.name for route in operators_writes(name) if not RECORDING & set(calls(route.dependant))}
    assert silent <= RECORDED_ELSEWHERE, "these routes do not go through Write, so nobody records who acted"


def open_writes(name: str) -> set[str]:
    """What changes something and asks nobody who they are."""
    return {
        route.name
        for route in routes(service(name))
        if (route.methods or set()) - {"GET", "HEAD"} and not scopes_of(route.dependant)
    }


def test_every_open_door_is_recorded_by_its_use_case_or_is_not_staffs() -> None:
    doors = {door for name in SERVICES for door in open_writes(name)}
    assert doors == RECORDED_WHEN_KNOWN | NOT_STAFFS


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
    assert {"offer_own_authenticator", "sign_out", "erase_me", "request_address_change"} <= {
        route.name for route in operators_writes("accounts")
    }
    assert {"approve_application", "close_account", "approve_change_request"} <= {
        route.name for route in operators_writes("accounts")
    }
    assert "redrive_parked_messages" in {route.name for route in operators_writes("gateway")}


@pytest.mark.parametrize("name", SERVICES)
def test_an_operators_scope_is_one_that_somebody_holds(name: str) -> None:
    asked = {scope for route in routes(service(name)) for scope in scopes_of(route.dependant)}
    assert {scope for scope in asked if scope.startswith("operator")} <= HELD
