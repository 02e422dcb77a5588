"""Sign-ins on the whole platform: taken back they open nothing anywhere, and a forgotten password is one mail away."""

import re
import secrets
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from regrade.platform import wait_for
from regrade.story import CompanyCard
from tests.journeys.world import World

pytestmark = pytest.mark.journey

# One door of every service, the gateway's own too (which a buyer may not use, but has to be known to be told so).
DOORS = {
    "accounts": "/v1/me",
    "catalog": "/v1/offers",
    "orders": "/v1/orders",
    "payments": "/v1/payments",
    "aftersales": "/v1/coverages",
    "gateway": "/v1/operator/status",
}
FORGETFUL = CompanyCard("Librairie Oubli SARL", "contact@librairie-oubli.example", "Tours", "37000", "4 rue Colbert")


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=world.platform.gateway, timeout=60) as client:
        yield client


def by(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}", "Idempotency-Key": str(uuid4())}


def statuses(client: httpx.Client, bearer: str) -> dict[str, int]:
    return {service: client.get(path, headers=by(bearer)).status_code for service, path in DOORS.items()}


def signed_in(client: httpx.Client, email: str, password: str) -> httpx.Response:
    return client.post("/v1/sessions", json={"email": email, "password": password})


def refused_everywhere(client: httpx.Client, bearer: str, what: str) -> None:
    """Soon, although tokens live for ten minutes and were verified before."""
    wait_for(lambda: set(statuses(client, bearer).values()) == {401} or None, f"{what} to be refused", seconds=25)


def test_a_second_sign_up_tells_nobody_that_the_address_has_an_account(world: World, client: httpx.Client) -> None:
    known = CompanyCard("Papeterie Connue SAS", f"{uuid4().hex}@papeterie.example", "Tours", "37000", "4 rue Colbert")
    member = world.story.buyer(known)
    again = {"Idempotency-Key": str(uuid4())}
    answer = client.post("/v1/companies", json=known.buyer_application("fr-pro"), headers=again)
    assert (answer.status_code, answer.json()["state"]) == (201, "pending_activation")
    assert answer.json()["company_id"] != member.company_id
    mail = world.platform.mail_to(known.email, "mot de passe")
    assert "/new-password?token=" in mail["text"]
    assert signed_in(client, member.email, member.password).status_code == 200


def test_a_revoked_key_opens_no_door_of_any_service(world: World, client: httpx.Client) -> None:
    owner = signed_in(client, world.buyer.email, world.buyer.password).json()["access_token"]
    scopes = ["account:read", "catalog:read", "orders:read", "payments:read", "aftersales:read"]
    made = client.post("/v1/api-keys", json={"name": "to be revoked", "scopes": scopes}, headers=by(owner)).json()
    assert statuses(client, made["api_key"]) == {**dict.fromkeys(DOORS, 200), "gateway": 403}
    assert client.delete(f"/v1/api-keys/{made['id']}", headers=by(owner)).status_code == 204
    refused_everywhere(client, made["api_key"], "the revoked key")
    assert statuses(client, owner)["orders"] == 200


def test_a_session_that_was_ended_elsewhere_opens_no_door_of_any_service(world: World, client: httpx.Client) -> None:
    here, there = (signed_in(client, world.buyer.email, world.buyer.password).json() for _ in range(2))
    assert statuses(client, there["access_token"])["payments"] == 200
    path = f"/v1/me/sessions/{there['session_id']}"
    assert client.delete(path, headers=by(here["access_token"])).status_code == 204
    refused_everywhere(client, there["access_token"], "the ended session")
    renewed = client.post("/v1/sessions/refresh", json={"refresh_token": there["refresh_token"]})
    assert (renewed.status_code, renewed.json()["code"]) == (401, "session_ended")
    renewed = client.post("/v1/sessions/refresh", json={"refresh_token": here["refresh_token"]})
    assert statuses(client, renewed.json()["access_token"])["aftersales"] == 200


def test_a_forgotten_password_is_one_mail_away_and_signs_everybody_out(world: World, client: httpx.Client) -> None:
    member = world.story.buyer(FORGETFUL)
    before = signed_in(client, member.email, member.password).json()
    assert client.post("/v1/password-resets", json={"email": member.email}).status_code == 202

    def mailed() -> str | None:
        found = re.search(r"/new-password\?token=([\w.%-]+)", world.platform.mail_to(member.email)["text"])
        return found[1] if found else None

    token = wait_for(mailed, "the mail for a new password")
    password = secrets.token_hex(12)
    answer = client.post("/v1/passwords", json={"token": token, "password": password})
    assert (answer.status_code, answer.json()) == (200, {"status": "password_set"})
    refused_everywhere(client, before["access_token"], "the session of the old password")
    assert signed_in(client, member.email, member.password).status_code == 401
    assert signed_in(client, member.email, password).status_code == 200
    again = client.post("/v1/passwords", json={"token": token, "password": password})
    assert (again.status_code, again.json()["code"]) == (422, "password_link_invalid")
    wait_for(
        lambda: "/forgot-password" in world.platform.mail_to(member.email)["text"] or None, "the mail that says so"
    )
