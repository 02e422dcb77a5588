"""The adapters: VIES, its errand, password hashes and tokens."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from accounts.clients.passwords import Argon2Passwords
from accounts.clients.tokens import SignedTokens
from accounts.clients.vat_errand import check_vat_number
from accounts.clients.vies import ViesClient
from accounts.domain.errors import RegisterUnavailable
from accounts.domain.scopes import Grant
from accounts.domain.signing import KeyLife
from accounts.domain.values import VatAnswer, VatStatus
from chassis.db.timers import DueTimer
from chassis.kernel.ids import new_id
from chassis.web.auth import Keys, Verifier
from services.accounts.tests.builders import FRENCH_VAT, NOW, REAL, MemoryAccounts, a_company, valid

ANSWER = {
    "status": "valid",
    "vat_number": FRENCH_VAT,
    "name": "REPARO SAS",
    "consultation_number": "WAPIAAAAW1",
    "checked_at": "2026-11-21T09:30:00Z",
}


def vies(answer: Any) -> ViesClient:
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return ViesClient(client, "http://vies.example", "FR44732829320")


async def test_an_answer_of_vies_keeps_name_and_proof() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=ANSWER)

    assert await vies(answer).ask(FRENCH_VAT) == VatAnswer(
        VatStatus.VALID, datetime(2026, 11, 21, 9, 30, tzinfo=UTC), "REPARO SAS", "WAPIAAAAW1"
    )
    assert asked[0].url.path == "/vies/check"
    assert dict(asked[0].url.params) == {"vat_number": FRENCH_VAT, "requester_vat_number": "FR44732829320"}


async def test_only_the_register_itself_says_invalid() -> None:
    answer = await vies(lambda request: httpx.Response(200, json={**ANSWER, "status": "invalid"})).ask(FRENCH_VAT)
    assert answer.status is VatStatus.INVALID


def hang_up(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow", request=request)


@pytest.mark.parametrize(
    "answer",
    [
        hang_up,
        lambda request: httpx.Response(500),
        lambda request: httpx.Response(200, text="<html>"),
        lambda request: httpx.Response(200, json={}),
        lambda request: httpx.Response(200, json={**ANSWER, "status": "not_asked"}),
        lambda request: httpx.Response(200, json={**ANSWER, "checked_at": "yesterday"}),
        lambda request: httpx.Response(200, json={**ANSWER, "status": "unavailable"}),
    ],
)
async def test_everything_else_is_unavailable(answer: Any) -> None:
    assert (await vies(answer).ask(FRENCH_VAT)).status is VatStatus.UNAVAILABLE


class Register:
    """Gives these answers, one after the other."""

    def __init__(self, *answers: VatAnswer) -> None:
        self.answers = list(answers)

    async def ask(self, number: str) -> VatAnswer:
        return self.answers.pop(0)


async def test_the_errand_records_silence_fails_and_succeeds_when_the_register_is_back() -> None:
    company = a_company()
    uow = MemoryAccounts(companies=[company])

    async def run(work: Any) -> Any:
        return await work(uow, NOW)

    timer = DueTimer(new_id(), "check_vat_number", new_id(), NOW, {"company_id": str(company.id), "number": FRENCH_VAT})
    errand = check_vat_number(Register(VatAnswer(VatStatus.UNAVAILABLE, REAL), valid()), run)
    with pytest.raises(RegisterUnavailable):
        await errand(timer)
    assert uow.companies.rows[company.id].vat_numbers[0].status is VatStatus.UNAVAILABLE
    await errand(timer)
    assert uow.companies.rows[company.id].vat_numbers[0].status is VatStatus.VALID


async def test_a_password_fits_its_own_hash_only_and_nobodys_never() -> None:
    passwords = Argon2Passwords()
    hash = await passwords.hash("correct horse battery")
    assert hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.matches("correct horse battery", hash)
    assert not await passwords.matches("correct horse batterz", hash)
    assert not await passwords.matches("correct horse battery", None)


async def test_nobodys_hash_is_compared_with_the_same_parameters() -> None:
    passwords = Argon2Passwords()
    real = await passwords.hash("correct horse battery")
    assert passwords._nobodys_hash.split("$")[:4] == real.split("$")[:4]


async def test_a_token_says_who_and_is_verified_with_the_public_key_alone() -> None:
    kept: list[dict[str, Any]] = []

    async def load(make: Any, at: datetime) -> list[tuple[KeyLife, dict[str, Any]]]:
        if not kept:
            kept.append(make())
        return [(KeyLife(kept[0]["kid"], at), kept[0])]

    tokens = SignedTokens(load)
    grant = Grant(new_id(), new_id(), "buyer", "fr-pro", frozenset({"orders:read", "orders:write"}))
    public = await tokens.jwks()
    assert "d" not in public["keys"][0]
    assert ECKey.import_key(kept[0]).is_private
    verifier = Verifier(Keys(partial(_give, public)))
    subject = await verifier.subject(await tokens.issue(grant))
    assert (subject.id, subject.company_id, subject.kind) == (grant.subject_id, grant.company_id, "buyer")
    assert (subject.market, subject.scopes) == ("fr-pro", grant.scopes)


async def _give(public: dict[str, Any]) -> dict[str, Any]:
    return public
