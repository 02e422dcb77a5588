"""Doors that anybody may ask about an address do the same work and say the same whether it has an account or not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from accounts.api.even_time import SIGN_UP, no_sooner_than
from accounts.clients.passwords import Argon2Passwords
from chassis.testing.statements import sent_statements
from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_people import BUYER, PASSWORD, SIGN_IN, active, sign_up

pytestmark = pytest.mark.storage

STRANGER = "nobody@elsewhere.example"
KNOWN = SIGN_IN["email"]


@dataclass
class Work:
    """What an answer took: statements by their first words and table, and comparisons of passwords."""

    statements: list[str] = field(default_factory=list)
    comparisons: int = 0


@contextmanager
def counted(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """The work of what is asked inside."""
    work = Work()
    verify = Argon2Passwords._verify

    def spied(self: Argon2Passwords, password: str, hash: str | None) -> bool:
        work.comparisons += 1
        return verify(self, password, hash)

    with monkeypatch.context() as patch, sent_statements(door.process.engine) as sent:
        patch.setattr(Argon2Passwords, "_verify", spied)
        yield work
    # Several commands may share a transaction, each in a savepoint with a number of its own.
    work.statements += [re.sub(r"sa_savepoint_\d+", "savepoint", " ".join(one.split())) for one in sent]


async def asked(door: Door, monkeypatch: pytest.MonkeyPatch, path: str, body: Any) -> tuple[httpx.Response, Work]:
    with counted(door, monkeypatch) as work:
        answer = await door.ask("POST", path, body)
    return answer, work


@pytest.mark.parametrize(
    ("path", "more", "comparisons"),
    [
        ("/v1/sessions", {"password": "not the password"}, 1),
        ("/v1/password-resets", {}, 0),
        ("/v1/activation-mails", {}, 0),
    ],
)
async def test_a_known_address_is_answered_like_an_unknown_one_for_the_same_work(
    door: Door, monkeypatch: pytest.MonkeyPatch, path: str, more: dict[str, str], comparisons: int
) -> None:
    await active(door)
    await door.errands()
    # Whatever a process does once, it has done.
    await door.ask("POST", path, {"email": "first@elsewhere.example", **more})
    known, behind_known = await asked(door, monkeypatch, path, {"email": KNOWN, **more})
    unknown, behind_unknown = await asked(door, monkeypatch, path, {"email": STRANGER, **more})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert behind_known == behind_unknown
    assert behind_known.comparisons == comparisons
    assert behind_known.statements, "something was counted"


async def test_somebody_who_has_never_set_a_password_is_compared_with_nobodys(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_up(door)
    pending, work = await asked(door, monkeypatch, "/v1/sessions", SIGN_IN)
    unknown, same = await asked(door, monkeypatch, "/v1/sessions", {**SIGN_IN, "email": STRANGER})
    assert (pending.status_code, pending.text) == (unknown.status_code, unknown.text)
    assert work == same
    assert work.comparisons == 1


async def test_the_first_stranger_costs_no_more_than_the_second() -> None:
    passwords = Argon2Passwords()
    made: list[str] = []
    hasher = passwords._hasher
    hash_as_before = hasher.hash
    hasher.hash = lambda password, **rest: made.append("a hash") or hash_as_before(password)  # type: ignore
    for _ in range(2):
        assert not await passwords.matches(PASSWORD, None)
    assert made == []


async def test_a_sign_up_with_a_known_address_says_what_any_other_says(door: Door) -> None:
    await active(door)
    another = {**BUYER, "contact": {**BUYER["contact"], "email": STRANGER}}
    new, known = await door.ask("POST", "/v1/companies", another), await door.ask("POST", "/v1/companies", BUYER)
    assert new.status_code == known.status_code == 201
    shown_new, shown_known = new.json(), known.json()
    assert shown_new.keys() == shown_known.keys()
    ids = {"company_id", "user_id"}
    assert {name: shown_new[name] for name in shown_new.keys() - ids} == {
        name: shown_known[name] for name in shown_known.keys() - ids
    }
    assert new.headers.keys() == known.headers.keys()


@pytest.mark.parametrize(("took", "waited"), [(0.004, 0.096), (0.03, 0.07), (0.25, 0.0)])
async def test_a_sign_up_is_answered_no_sooner_than_the_slower_of_the_two(took: float, waited: float) -> None:
    now, pauses = [100.0], list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with no_sooner_than(SIGN_UP, lambda: now[0], pause):
        now[0] += took
    assert pauses == [pytest.approx(waited)]


async def test_a_refusal_is_held_up_as_well() -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(ValueError, match="no"):
        async with no_sooner_than(timedelta(seconds=1), lambda: 0.0, pause):
            raise ValueError("no")
    assert pauses == [1.0]
