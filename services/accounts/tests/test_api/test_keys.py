"""API keys and OAuth through the HTTP door, and what is seeded at start."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import text

from accounts.domain.platform import OPERATOR_COMPANY
from accounts.main import build
from chassis.kernel.clock import real_now
from services.accounts.tests.conftest import AUDITOR_KEY, OPERATOR_KEY, Door, settings_for
from services.accounts.tests.test_api.test_people import active

pytestmark = pytest.mark.storage

KEY = {"name": "ERP", "scopes": ["orders:read", "orders:write"]}


async def test_a_key_is_shown_once_and_works_until_it_is_revoked(door: Door) -> None:
    token = await active(door)
    made = (await door.ask("POST", "/v1/api-keys", KEY, token=token)).json()
    assert made["api_key"] == f"rgk_{made['id'].replace('-', '')}_{made['client_secret']}"
    exchanged = (await door.internal("POST", "/internal/tokens", {"api_key": made["api_key"]})).json()
    assert exchanged["expires_in"] == 600
    assert (exchanged["subject"]["id"], exchanged["subject"]["kind"]) == (made["id"], "buyer")
    assert exchanged["subject"]["scopes"] == KEY["scopes"]
    (listed,) = (await door.ask("GET", "/v1/api-keys", token=token)).json()["items"]
    assert (listed["id"], listed["revoked_at"]) == (made["id"], None)
    assert not {"api_key", "client_secret", "hash"} & set(listed)
    assert (await door.ask("DELETE", f"/v1/api-keys/{made['id']}", token=token)).status_code == 204
    refused = await door.internal("POST", "/internal/tokens", {"api_key": made["api_key"]})
    assert (refused.status_code, refused.json()["code"]) == (401, "api_key_refused")


async def test_a_repeated_request_makes_no_second_key_and_shows_no_secret(door: Door) -> None:
    token = await active(door)
    first = await door.ask("POST", "/v1/api-keys", KEY, token=token, key="once")
    again = await door.ask("POST", "/v1/api-keys", KEY, token=token, key="once")
    assert (again.json()["id"], again.json()["api_key"]) == (first.json()["id"], None)
    secret = first.json()["client_secret"]
    async with door.process.engine.connect() as connection:
        kept = (await connection.execute(text("select body::text from receipts"))).scalars().all()
        hashes = (await connection.execute(text("select hash from api_keys"))).scalars().all()
    assert not [body for body in [*kept, *hashes] if body and secret in body]


async def test_a_key_cannot_do_more_than_its_maker_and_lists_are_paged(door: Door) -> None:
    token = await active(door)
    greedy = await door.ask("POST", "/v1/api-keys", {"name": "X", "scopes": ["operator:money"]}, token=token)
    assert (greedy.status_code, greedy.json()["code"]) == (403, "scopes_not_yours")
    made = [(await door.ask("POST", "/v1/api-keys", KEY, token=token)).json()["id"] for _ in range(3)]
    first = (await door.ask("GET", "/v1/api-keys?limit=2", token=token)).json()
    rest = (await door.ask("GET", f"/v1/api-keys?limit=2&cursor={first['next_cursor']}", token=token)).json()
    assert [key["id"] for key in first["items"] + rest["items"]] == sorted(made)
    assert rest["next_cursor"] is None


async def test_another_companys_key_is_not_there(door: Door) -> None:
    token = await active(door)
    foreign = await door.ask("DELETE", f"/v1/api-keys/{'1' * 8}-1111-1111-1111-{'1' * 12}", token=token)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "api_key_not_found")
    assert await door.token_of(OPERATOR_KEY)


async def test_oauth_clients_get_tokens_in_both_ways_of_the_rfc(door: Door) -> None:
    made = (await door.ask("POST", "/v1/api-keys", KEY, token=await active(door))).json()
    form = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["client_secret"]}
    answer = await door.client.post("/v1/oauth/token", data=form)
    assert (answer.status_code, answer.json()["scope"]) == (200, "orders:read orders:write")
    assert answer.headers["Cache-Control"] == "no-store"
    basic = base64.b64encode(f"{made['id']}:{made['client_secret']}".encode()).decode()
    narrowed = await door.client.post(
        "/v1/oauth/token",
        data={"grant_type": "client_credentials", "scope": "orders:read"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert (narrowed.status_code, narrowed.json()["scope"]) == (200, "orders:read")
    # The narrowed token really can do less: it may not read the account.
    refused = await door.ask("GET", "/v1/me", token=narrowed.json()["access_token"])
    assert refused.json()["code"] == "scope_missing"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "0" * 64}, 401, "invalid_client"),
        ({"client_id": "not an id"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, 400, "invalid_request"),
        ({"scope": "audit:read orders:read"}, 400, "invalid_scope"),
    ],
)
async def test_oauth_refuses_in_the_words_of_the_rfc(
    door: Door, changes: dict[str, str | list[str]], status: int, error: str
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": AUDITOR_KEY.split("_")[1],
        "client_secret": AUDITOR_KEY.split("_")[2],
        **changes,
    }
    answer = await door.client.post("/v1/oauth/token", data=form)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_operator_and_auditor_are_there_from_the_start(door: Door) -> None:
    operator = await door.internal("POST", "/internal/tokens", {"api_key": OPERATOR_KEY})
    assert (operator.json()["subject"]["kind"], operator.json()["subject"]["company_id"]) == (
        "operator",
        str(OPERATOR_COMPANY),
    )
    auditor = await door.internal("POST", "/internal/tokens", {"api_key": AUDITOR_KEY})
    assert (auditor.json()["subject"]["kind"], auditor.json()["subject"]["scopes"]) == (
        "auditor",
        ["audit:read", "audit_log:read"],
    )
    refused = await door.ask("GET", "/v1/operator/sellers", token=auditor.json()["access_token"])
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_a_key_of_the_operator_reads_its_own_company(door: Door) -> None:
    me = (await door.ask("GET", "/v1/me", token=await door.token_of(OPERATOR_KEY))).json()
    assert (me["email"], me["subject"]["kind"]) == (None, "operator")
    assert (me["company"]["legal_name"], me["company"]["address"]["country"]) == ("Regrade", "FR")


async def test_a_second_start_changes_nothing(door: Door) -> None:
    before = await everything(door)
    assert door.process.service.on_start is not None
    await door.process.service.on_start(door.process.executor)
    assert await everything(door) == before


async def test_a_start_with_new_secrets_revokes_the_old_ones(door: Door) -> None:
    new_key = "rgk_" + "3" * 32 + "_" + "c" * 64
    changed = build(
        settings_for(
            door.process.engine, REGRADE_OPERATOR_API_KEY=new_key, REGRADE_OPERATOR_PASSWORD="another password"
        )
    )
    assert changed.on_start is not None
    await changed.on_start(door.process.executor)
    assert (await door.internal("POST", "/internal/tokens", {"api_key": OPERATOR_KEY})).status_code == 401
    assert await door.token_of(new_key)
    assert await door.token_of(AUDITOR_KEY)
    sign_in = {"email": "operator@regrade.example", "password": "operator password"}
    assert (await door.ask("POST", "/v1/sessions", sign_in)).status_code == 401
    changed_sign_in = {**sign_in, "password": "another password"}
    assert (await door.ask("POST", "/v1/sessions", changed_sign_in)).status_code == 200


async def test_the_key_set_is_public_and_holds_no_secret(door: Door) -> None:
    (key,) = (await door.client.get("/.well-known/jwks.json")).json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert "d" not in key


async def everything(door: Door) -> list[object]:
    tables = ("companies", "users", "api_keys", "outbox")
    async with door.process.engine.connect() as connection:
        return [(await connection.execute(text(f"select * from {table} order by 1"))).all() for table in tables]


async def test_a_key_is_replaced_by_a_new_one_that_is_shown_once(door: Door) -> None:
    token = await active(door)
    old = (await door.ask("POST", "/v1/api-keys", KEY, token=token)).json()
    path, body = f"/v1/api-keys/{old['id']}/rotation", {"overlap_hours": 24}
    rotated = await door.ask("POST", path, body, token=token, key="once")
    assert rotated.status_code == 201
    new = rotated.json()
    assert new["api_key"].endswith(new["client_secret"])
    assert new["client_secret"].endswith(new["last_four"])
    again = await door.ask("POST", path, body, token=token, key="once")
    assert (again.json()["id"], again.json()["api_key"]) == (new["id"], None)
    for key in (old, new):
        assert await door.token_of(key["api_key"])
    listed = {one["id"]: one for one in (await door.ask("GET", "/v1/api-keys", token=token)).json()["items"]}
    assert listed[old["id"]]["expires_at"] is not None
    assert listed[new["id"]]["expires_at"] is None
    assert all(one["last_used_at"] for one in listed.values())
    too_long = await door.ask("POST", path, {"overlap_hours": 169}, token=token)
    assert (too_long.status_code, too_long.json()["code"]) == (422, "validation_failed")


async def test_a_key_that_ends_soon_gets_a_token_that_ends_with_it(door: Door) -> None:
    token = await active(door)
    soon = (real_now() + timedelta(seconds=60)).isoformat()
    made = (await door.ask("POST", "/v1/api-keys", {**KEY, "expires_at": soon}, token=token)).json()
    exchanged = (await door.internal("POST", "/internal/tokens", {"api_key": made["api_key"]})).json()
    assert 0 < exchanged["expires_in"] <= 60
    over = (real_now() - timedelta(seconds=1)).isoformat()
    refused = await door.ask("POST", "/v1/api-keys", {**KEY, "expires_at": over}, token=token)
    assert (refused.status_code, refused.json()["code"]) == (422, "expiry_past")
