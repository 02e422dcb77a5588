"""Second factors through the HTTP door: got, asked for, guessed at, lost and given up."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from accounts.main import build
from chassis.kernel.clock import real_now
from chassis.settings import SettingMissing
from chassis.web.internal import CLIENT_ADDRESS_HEADER
from services.accounts.tests.conftest import Door, opened, settings_for
from services.accounts.tests.soft_device import SoftDevice
from services.accounts.tests.test_api.test_company_people import joined
from services.accounts.tests.test_api.test_passwords import ANOTHER, link_mailed, told_of_people, user_id_of
from services.accounts.tests.test_api.test_people import PASSWORD, SIGN_IN, active, operator_of

pytestmark = [pytest.mark.storage, pytest.mark.usefixtures("still")]

# How browsers name the address that the tests configure.
ORIGIN = "http://gateway.example"


class App:
    """An authenticator app; each code it is asked for is one step on. Wants the clock to stand still."""

    def __init__(self, secret: str) -> None:
        self._app = pyotp.TOTP(secret)
        self._step = -1

    def code(self) -> str:
        """One that was not used yet: the steps before, at and behind the present one, then it would have to wait."""
        now = int(real_now().timestamp()) // 30
        self._step = max(self._step + 1, now - 1)
        assert self._step <= now + 1, "three codes are all there are while the clock stands"
        return str(self._app.generate_otp(self._step))

    def old_code(self) -> str:
        """One that was used already."""
        return str(self._app.generate_otp(self._step))


async def with_app(door: Door, token: str) -> tuple[App, list[str]]:
    offered = await door.ask("POST", "/v1/me/authenticator", {"password": PASSWORD}, token=token)
    assert offered.status_code == 201, offered.text
    app = App(offered.json()["secret"])
    confirmed = await door.ask("POST", "/v1/me/authenticator/confirmation", {"code": app.code()}, token=token)
    assert confirmed.status_code == 201, confirmed.text
    return app, confirmed.json()["recovery_codes"]


async def with_passkey(door: Door, token: str, device: SoftDevice) -> dict[str, Any]:
    begun = await challenged(door, token, "registration")
    body = {"challenge": begun["challenge"], "passkey": device.create(begun["options"]), "name": "Telephone"}
    made = await door.ask("POST", "/v1/me/passkeys", body, token=token)
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def challenged(door: Door, token: str, purpose: str) -> dict[str, Any]:
    body = {"password": PASSWORD, "purpose": purpose}
    begun = await door.ask("POST", "/v1/me/passkey-challenges", body, token=token)
    assert begun.status_code == 201, begun.text
    answer: dict[str, Any] = begun.json()
    return answer


async def knock(door: Door, address: str = "203.0.113.9", **changes: str) -> httpx.Response:
    return await door.client.post("/v1/sessions", json={**SIGN_IN, **changes}, headers={CLIENT_ADDRESS_HEADER: address})


async def wanted(door: Door, address: str = "203.0.113.9", **changes: str) -> dict[str, Any]:
    """What the sign-in with the right password answers now."""
    asked = await knock(door, address, **changes)
    assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_required"), asked.text
    problem: dict[str, Any] = asked.json()
    return problem


async def show(door: Door, challenge: str, address: str = "203.0.113.9", **factor: Any) -> httpx.Response:
    return await door.client.post(
        "/v1/sessions/second-factor", json={"challenge": challenge, **factor}, headers={CLIENT_ADDRESS_HEADER: address}
    )


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_an_app_is_offered_confirmed_and_from_then_on_asked_for(door: Door) -> None:
    token = await active(door)
    before = (await door.ask("GET", "/v1/me/second-factor", token=token)).json()
    assert before == {"authenticator": "off", "recovery_codes_left": 0, "passkeys": [], "needed": False}
    offered = (await door.ask("POST", "/v1/me/authenticator", {"password": PASSWORD}, token=token)).json()
    assert offered["uri"].startswith("otpauth://totp/Regrade:camille%40reparo.example?secret=" + offered["secret"])
    # Whoever stops here signs in as before.
    assert (await knock(door)).status_code == 200
    wrong = await door.ask("POST", "/v1/me/authenticator/confirmation", {"code": "000000"}, token=token)
    assert refused(wrong) == (403, "second_factor_refused")
    app, codes = await with_app(door, token)
    assert len(codes) == 10
    after = (await door.ask("GET", "/v1/me/second-factor", token=token)).json()
    assert (after["authenticator"], after["recovery_codes_left"]) == ("on", 10)
    problem = await wanted(door)
    assert (problem["factors"], problem["passkey_options"]) == (["code", "recovery_code"], None)
    assert problem["expires_in"] == 300
    signed_in = await show(door, problem["challenge"], code=app.code())
    assert signed_in.status_code == 200, signed_in.text
    assert (await door.ask("GET", "/v1/me", token=signed_in.json()["access_token"])).status_code == 200
    assert await told_of_people(door) == [["factor_added"]]
    assert refused(await door.ask("POST", "/v1/me/authenticator", {"password": PASSWORD}, token=token)) == (
        409,
        "authenticator_state",
    )


async def test_the_secret_is_nowhere_in_plain(door: Door) -> None:
    token = await active(door)
    offered = (await door.ask("POST", "/v1/me/authenticator", {"password": PASSWORD}, token=token)).json()
    in_receipts = text("select count(*) from receipts where body::text like '%' || :secret || '%'")
    async with door.process.executor.engine.connect() as connection:
        kept = (await connection.execute(text("select secret from second_factors"))).scalar_one()
        receipts = (await connection.execute(in_receipts, {"secret": offered["secret"]})).scalar_one()
    assert offered["secret"] not in kept
    assert receipts == 0


async def test_a_code_a_recovery_code_and_a_challenge_work_once(door: Door) -> None:
    app, codes = await with_app(door, await active(door))
    assert refused(await show(door, (await wanted(door))["challenge"], code=app.old_code())) == (
        401,
        "second_factor_refused",
    )
    challenge = (await wanted(door))["challenge"]
    code = app.code()
    assert (await show(door, challenge, code=code)).status_code == 200
    assert refused(await show(door, (await wanted(door))["challenge"], code=code)) == (401, "second_factor_refused")
    assert refused(await show(door, challenge, recovery_code=codes[0])) == (401, "challenge_refused")
    assert (await show(door, (await wanted(door))["challenge"], recovery_code=codes[0])).status_code == 200
    assert refused(await show(door, (await wanted(door))["challenge"], recovery_code=codes[0])) == (
        401,
        "second_factor_refused",
    )
    assert await told_of_people(door) == [["factor_added"], ["recovery_code"]]


async def test_a_recovery_code_works_once_even_when_two_use_it_at_the_same_moment(door: Door) -> None:
    _, codes = await with_app(door, await active(door))
    # From places of their own, so that they meet at the code and not at the limit.
    challenges = [(await wanted(door, f"203.0.{n}.9"))["challenge"] for n in range(4)]
    answers = await asyncio.gather(
        *(show(door, one, f"203.0.{n}.9", recovery_code=codes[0]) for n, one in enumerate(challenges))
    )
    assert sorted(one.status_code for one in answers) == [200, 401, 401, 401]
    async with door.process.executor.engine.connect() as connection:
        left = (await connection.execute(text("select cardinality(recovery_hashes) from second_factors"))).scalar_one()
    assert left == 9


async def test_a_challenge_is_spent_once_even_when_two_use_it_at_the_same_moment(door: Door) -> None:
    _, codes = await with_app(door, await active(door))
    challenge = (await wanted(door))["challenge"]
    answers = await asyncio.gather(*(show(door, challenge, recovery_code=code) for code in codes[:3]))
    assert sorted(one.status_code for one in answers) == [200, 401, 401]


async def test_guessing_codes_is_held_up_like_guessing_passwords(door: Door) -> None:
    app, _ = await with_app(door, await active(door))
    challenge = (await wanted(door))["challenge"]
    for _ in range(4):
        assert refused(await show(door, challenge, code="000000")) == (401, "second_factor_refused")
    # The right password in between forgets nothing, or codes could be guessed for ever.
    assert refused(await knock(door)) == (429, "too_many_sign_ins")
    limited = await show(door, challenge, code=app.code())
    assert (refused(limited), limited.headers["Retry-After"]) == ((429, "too_many_sign_ins"), "900")
    # Whoever is elsewhere is not held up by that.
    elsewhere = (await wanted(door, "198.51.100.7"))["challenge"]
    assert (await show(door, elsewhere, "198.51.100.7", code=app.code())).status_code == 200


async def test_without_the_password_nobody_is_held_up_at_the_second_step(door: Door) -> None:
    app, _ = await with_app(door, await active(door))
    for forged in ("made up", (await wanted(door))["challenge"][:-1] + "x"):
        for _ in range(6):
            assert refused(await show(door, forged, code="000000")) == (401, "challenge_refused")
    assert (await show(door, (await wanted(door))["challenge"], code=app.code())).status_code == 200


async def test_a_challenge_is_worth_nothing_for_somebody_else_or_after_a_new_password(door: Door) -> None:
    owner = await active(door)
    kim = await joined(door, owner)
    app, _ = await with_app(door, owner)
    kims, _ = await with_app(door, kim)
    problem = await wanted(door)
    of_kim = await wanted(door, email="kim@reparo.example")
    assert refused(await show(door, of_kim["challenge"], code=app.code())) == (401, "second_factor_refused")
    link = await link_mailed(door)
    assert (await door.ask("POST", "/v1/passwords", {"token": link, "password": ANOTHER})).status_code == 200
    assert refused(await show(door, problem["challenge"], code=app.code())) == (401, "challenge_refused")
    # A new password takes no second factor away.
    assert (await wanted(door, password=ANOTHER))["factors"] == ["code", "recovery_code"]
    assert (await show(door, of_kim["challenge"], code=kims.code())).status_code == 200


async def test_a_passkey_signs_in_without_a_password_and_as_second_factor(door: Door) -> None:
    token, device = await active(door), SoftDevice(ORIGIN)
    made = await with_passkey(door, token, device)
    assert (made["passkey"]["name"], len(made["recovery_codes"])) == ("Telephone", 10)
    problem = await wanted(door)
    assert problem["factors"] == ["recovery_code", "passkey"]
    as_second = await show(door, problem["challenge"], passkey=device.get(problem["passkey_options"]))
    assert as_second.status_code == 200, as_second.text
    begun = (await door.client.post("/v1/sessions/passkey-challenges")).json()
    answer = {"challenge": begun["challenge"], "passkey": device.get(begun["options"])}
    alone = await door.client.post("/v1/sessions/passkey", json=answer)
    assert alone.status_code == 200, alone.text
    assert alone.json()["subject"] == as_second.json()["subject"]
    assert refused(await door.client.post("/v1/sessions/passkey", json=answer)) == (401, "challenge_refused")
    listed = (await door.ask("GET", "/v1/me/second-factor", token=token)).json()["passkeys"]
    assert (len(listed), listed[0]["id"], listed[0]["last_used_at"] is not None) == (1, made["passkey"]["id"], True)


async def test_a_passkey_of_nobody_from_elsewhere_or_with_an_old_counter_opens_nothing(door: Door) -> None:
    token, device, stranger = await active(door), SoftDevice(ORIGIN), SoftDevice(ORIGIN)
    begun = await challenged(door, token, "registration")
    await with_passkey(door, token, device)
    stranger.create(begun["options"])

    async def sign_in(with_it: SoftDevice) -> tuple[int, str]:
        asked = (await door.client.post("/v1/sessions/passkey-challenges")).json()
        body = {"challenge": asked["challenge"], "passkey": with_it.get(asked["options"])}
        answer = await door.client.post("/v1/sessions/passkey", json=body)
        return answer.status_code, answer.json().get("code", "")

    assert await sign_in(stranger) == (401, "second_factor_refused")
    assert await sign_in(device) == (200, "")
    device.counter = 0
    assert await sign_in(device) == (401, "second_factor_refused")
    device.counter, device.origin = 9, "https://gateway.example.evil.example"
    assert await sign_in(device) == (401, "second_factor_refused")


async def test_a_challenge_of_another_kind_or_person_makes_no_passkey(door: Door) -> None:
    owner = await active(door)
    kim, device = await joined(door, owner), SoftDevice(ORIGIN)
    of_kim = await challenged(door, kim, "registration")
    body = {"challenge": of_kim["challenge"], "passkey": device.create(of_kim["options"]), "name": "Mine"}
    assert refused(await door.ask("POST", "/v1/me/passkeys", body, token=owner)) == (403, "challenge_refused")
    proof = await challenged(door, kim, "proof")
    body = {"challenge": proof["challenge"], "passkey": device.create(of_kim["options"]), "name": "Mine"}
    assert refused(await door.ask("POST", "/v1/me/passkeys", body, token=kim)) == (403, "challenge_refused")
    other = await challenged(door, kim, "registration")
    body = {"challenge": other["challenge"], "passkey": device.create(of_kim["options"]), "name": "Mine"}
    assert refused(await door.ask("POST", "/v1/me/passkeys", body, token=kim)) == (422, "passkey_refused")


async def test_every_change_ends_the_other_sessions_and_is_told(door: Door) -> None:
    token = await active(door)
    other = (await knock(door)).json()["access_token"]
    app, _ = await with_app(door, token)
    await door.hear_revocations()
    assert (await door.ask("GET", "/v1/me", token=other)).status_code == 401
    assert (await door.ask("GET", "/v1/me", token=token)).status_code == 200
    again = (await show(door, (await wanted(door))["challenge"], code=app.code())).json()["access_token"]
    removed = await door.ask(
        "POST", "/v1/me/authenticator/removal", {"password": PASSWORD, "code": app.code()}, token=token
    )
    assert removed.status_code == 204, removed.text
    await door.hear_revocations()
    assert (await door.ask("GET", "/v1/me", token=again)).status_code == 401
    assert (await knock(door)).status_code == 200
    left = (await door.ask("GET", "/v1/me/second-factor", token=token)).json()
    assert (left["authenticator"], left["recovery_codes_left"]) == ("off", 0)
    assert await told_of_people(door) == [["factor_added"], ["factor_removed"]]


async def test_to_give_one_up_takes_the_password_and_a_factor_that_fits(door: Door) -> None:
    token, device = await active(door), SoftDevice(ORIGIN)
    app, codes = await with_app(door, token)
    made = await with_passkey(door, token, device)
    assert made["recovery_codes"] == []
    path = f"/v1/me/passkeys/{made['passkey']['id']}/removal"
    no_password = await door.ask("POST", path, {"password": "not the password", "code": app.code()}, token=token)
    assert refused(no_password) == (403, "password_wrong")
    for body in ({}, {"code": "123456", "recovery_code": codes[0]}):
        both = await door.ask("POST", path, {"password": PASSWORD, **body}, token=token)
        assert refused(both) == (422, "validation_failed")
    wrong = await door.ask("POST", path, {"password": PASSWORD, "code": "000000"}, token=token)
    assert refused(wrong) == (403, "second_factor_refused")
    proof = await challenged(door, token, "proof")
    shown = {"password": PASSWORD, "challenge": proof["challenge"], "passkey": device.get(proof["options"])}
    assert (await door.ask("POST", path, shown, token=token)).status_code == 204
    assert refused(await door.ask("POST", path, {"password": PASSWORD, "recovery_code": codes[1]}, token=token)) == (
        404,
        "passkey_not_found",
    )
    # The app is still there, and so are the recovery codes.
    assert (await wanted(door))["factors"] == ["code", "recovery_code"]
    lost = {"password": PASSWORD, "recovery_code": codes[1]}
    assert (await door.ask("POST", "/v1/me/authenticator/removal", lost, token=token)).status_code == 204
    assert refused(await door.ask("POST", "/v1/me/authenticator/removal", lost, token=token)) == (
        409,
        "authenticator_state",
    )


async def test_wrong_codes_are_counted_here_too(door: Door) -> None:
    token = await active(door)
    app, _ = await with_app(door, token)
    body = {"password": PASSWORD, "code": "000000"}
    for _ in range(5):
        assert refused(await door.ask("POST", "/v1/me/recovery-codes", body, token=token))[0] == 403
    assert refused(await door.ask("POST", "/v1/me/recovery-codes", {**body, "code": app.code()}, token=token)) == (
        429,
        "too_many_sign_ins",
    )


async def test_recovery_codes_are_made_anew(door: Door) -> None:
    token = await active(door)
    none = await door.ask("POST", "/v1/me/recovery-codes", {"password": PASSWORD, "code": "000000"}, token=token)
    assert refused(none) == (409, "no_second_factor")
    app, old = await with_app(door, token)
    renewed = await door.ask("POST", "/v1/me/recovery-codes", {"password": PASSWORD, "code": app.code()}, token=token)
    assert len(set(renewed.json()["recovery_codes"]) - set(old)) == 10
    assert refused(await show(door, (await wanted(door))["challenge"], recovery_code=old[0])) == (
        401,
        "second_factor_refused",
    )


async def test_support_takes_a_lost_factor_away(door: Door) -> None:
    token = await active(door)
    user_id = await user_id_of(door)
    operator = await operator_of(door)
    path = f"/v1/operator/people/{user_id}/second-factor-removal"
    assert refused(await door.ask("POST", path, token=operator)) == (409, "no_second_factor")
    await with_app(door, token)
    await with_passkey(door, token, SoftDevice(ORIGIN))
    assert (await door.ask("POST", path, token=token)).status_code == 403
    assert (await door.ask("POST", path, token=operator)).status_code == 204
    await door.hear_revocations()
    assert (await door.ask("GET", "/v1/me", token=token)).status_code == 401
    assert (await knock(door)).status_code == 200
    assert (await told_of_people(door))[-1] == ["factor_removed"]


async def test_who_comes_back_to_the_company_begins_without_a_factor(door: Door) -> None:
    owner = await active(door)
    kim, device = await joined(door, owner), SoftDevice(ORIGIN)
    await with_app(door, kim)
    await with_passkey(door, kim, device)
    kim_id = (await door.ask("GET", "/v1/me", token=kim)).json()["subject"]["id"]
    gone = await door.ask("POST", f"/v1/company/people/{kim_id}/deactivation", token=owner)
    assert gone.status_code == 201, gone.text
    begun = (await door.client.post("/v1/sessions/passkey-challenges")).json()
    answer = {"challenge": begun["challenge"], "passkey": device.get(begun["options"])}
    assert refused(await door.client.post("/v1/sessions/passkey", json=answer)) == (401, "second_factor_refused")
    assert await joined(door, owner)


async def test_a_key_has_no_second_factor(door: Door) -> None:
    made = await door.ask(
        "POST", "/v1/api-keys", {"name": "ERP", "scopes": ["account:read", "account:write"]}, token=await active(door)
    )
    token = await door.token_of(made.json()["api_key"])
    for method, path in (("GET", "/v1/me/second-factor"), ("POST", "/v1/me/authenticator")):
        answer = await door.ask(method, path, {"password": PASSWORD} if method == "POST" else None, token=token)
        assert refused(answer) == (403, "scope_missing")


async def test_a_challenge_runs_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = await with_app(door, await active(door))
    challenge = (await wanted(door))["challenge"]
    monkeypatch.setattr("accounts.api.sign_ins.real_now", lambda: real_now() + timedelta(minutes=5))
    assert refused(await show(door, challenge, code=app.code())) == (401, "challenge_refused")


async def test_operators_who_have_to_have_a_factor_can_do_nothing_else_before(engine: AsyncEngine) -> None:
    async with opened(engine, REGRADE_OPERATOR_SECOND_FACTOR="required") as door:
        sign_in = {"email": "operator@regrade.example", "password": "operator password"}
        session = (await door.client.post("/v1/sessions", json=sign_in)).json()
        assert session["subject"]["scopes"] == ["self"]
        token = session["access_token"]
        assert (await door.ask("GET", "/v1/operator/sellers", token=token)).status_code == 403
        assert (await door.ask("GET", "/v1/me/second-factor", token=token)).json()["needed"] is True
        body = {"password": "operator password"}
        offered = (await door.ask("POST", "/v1/me/authenticator", body, token=token)).json()
        app = App(offered["secret"])
        await door.ask("POST", "/v1/me/authenticator/confirmation", {"code": app.code()}, token=token)
        renewed = await door.client.post("/v1/sessions/refresh", json={"refresh_token": session["refresh_token"]})
        may = (await door.ask("GET", "/v1/operator/sellers", token=renewed.json()["access_token"])).status_code
        assert may == 200
        problem = (await door.client.post("/v1/sessions", json=sign_in)).json()
        shown = await show(door, problem["challenge"], code=app.code())
        assert "self" in shown.json()["subject"]["scopes"]
        assert len(shown.json()["subject"]["scopes"]) > 1
        # Nobody else has to.
        assert "orders:write" in (await door.ask("GET", "/v1/me", token=await active(door))).json()["subject"]["scopes"]


@pytest.mark.parametrize("policy", ["", "optional"])
async def test_without_that_policy_operators_sign_in_as_before(engine: AsyncEngine, policy: str) -> None:
    async with opened(engine, REGRADE_OPERATOR_SECOND_FACTOR=policy) as door:
        assert (await door.ask("GET", "/v1/operator/sellers", token=await operator_of(door))).status_code == 200


async def test_a_policy_that_is_none_stops_the_start(engine: AsyncEngine) -> None:
    with pytest.raises(SettingMissing, match="neither optional nor required"):
        build(settings_for(engine, REGRADE_OPERATOR_SECOND_FACTOR="maybe"))
