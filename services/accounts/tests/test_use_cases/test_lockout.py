"""Guessing is held up where it comes from, and nobody is locked out by a stranger."""

from datetime import timedelta

import pytest

from accounts.domain.attempts import ATTEMPTS_MAX, HURRIED_FROM, RecentAttempts, source_of
from accounts.domain.errors import TooManySignIns
from accounts.domain.known_devices import KnownDevice, KnownDevices
from accounts.use_cases.begin_sign_in import BeginSignIn, SignInAttempt, begin_sign_in
from accounts.use_cases.complete_sign_in import CompleteSignIn, complete_sign_in
from chassis.kernel.ids import Id, new_id
from services.accounts.tests.builders import (
    DEVICE,
    NOW,
    REAL,
    SIGN_INS,
    MemoryAccounts,
    a_company,
    an_active_user,
)

COMPANY = a_company()
USER = an_active_user(company_id=COMPANY.id)
HERE, THERE = source_of("203.0.113.0/24"), source_of("198.51.100.0/24")
DEVICES = KnownDevices("internal")


def with_account() -> MemoryAccounts:
    return MemoryAccounts(companies=[COMPANY], users=[USER])


async def begin(
    uow: MemoryAccounts, source: str, known: KnownDevice | None = None, email: str = USER.email
) -> SignInAttempt:
    return await begin_sign_in(BeginSignIn(email, source, REAL, known), uow, NOW)


async def fail(uow: MemoryAccounts, times: int, source: str, known: KnownDevice | None = None) -> None:
    for _ in range(times):
        await begin(uow, source, known)


async def test_a_stranger_locks_only_the_own_network_out() -> None:
    uow = with_account()
    await fail(uow, ATTEMPTS_MAX, THERE)
    with pytest.raises(TooManySignIns):
        await begin(uow, THERE)
    assert (await begin(uow, HERE)).user_id == USER.id


async def test_a_known_device_signs_in_from_the_network_of_the_stranger_too() -> None:
    uow = with_account()
    await fail(uow, ATTEMPTS_MAX, THERE)
    device = KnownDevice(USER.id, new_id())
    assert (await begin(uow, THERE, device)).user_id == USER.id


async def test_a_stolen_device_token_is_no_way_to_guess_either() -> None:
    uow = with_account()
    device = KnownDevice(USER.id, new_id())
    await fail(uow, ATTEMPTS_MAX, THERE, device)
    for source in (THERE, HERE):
        with pytest.raises(TooManySignIns):
            await begin(uow, source, device)


@pytest.mark.parametrize("email", [USER.email, "nobody@else.example"])
async def test_somebody_elses_device_is_a_stranger(email: str) -> None:
    uow = with_account()
    for _ in range(ATTEMPTS_MAX):
        await begin(uow, THERE, KnownDevice(new_id(), new_id()), email)
    with pytest.raises(TooManySignIns):
        await begin(uow, THERE, KnownDevice(new_id(), new_id()), email)


async def test_the_right_password_forgets_the_failures_of_its_own_place_only() -> None:
    uow = with_account()
    await fail(uow, ATTEMPTS_MAX, THERE)
    await fail(uow, ATTEMPTS_MAX - 1, HERE)
    await complete_sign_in(CompleteSignIn(await begin(uow, HERE), DEVICE, REAL), SIGN_INS, uow, NOW)
    await begin(uow, HERE)
    with pytest.raises(TooManySignIns):
        await begin(uow, THERE)


async def test_an_address_tried_from_everywhere_grows_slow_and_refuses_nobody_new() -> None:
    uow = with_account()
    for network in range(HURRIED_FROM):
        assert (await begin(uow, source_of(f"10.0.{network}.0/24"))).delay == timedelta(0)
    attempt = await begin(uow, HERE)
    assert (attempt.user_id, attempt.delay) == (USER.id, timedelta(milliseconds=500))
    assert (await begin(uow, HERE, KnownDevice(USER.id, new_id()))).delay == timedelta(0)


def test_the_delay_doubles_and_ends() -> None:
    delays = [RecentAttempts(0, count).delay.total_seconds() for count in (19, 20, 29, 30, 40, 50, 60, 1_000)]
    assert delays == [0, 0.5, 0.5, 1, 2, 4, 8, 8]


async def test_an_attempt_counts_for_a_quarter_of_an_hour() -> None:
    uow = with_account()
    await fail(uow, ATTEMPTS_MAX, HERE)
    late = BeginSignIn(USER.email, HERE, REAL + timedelta(minutes=15, seconds=1))
    assert (await begin_sign_in(late, uow, NOW)).user_id == USER.id


def test_a_device_token_is_kept_over_sign_ins_of_one_person() -> None:
    first = DEVICES.of(USER.id, None)
    assert DEVICES.of(USER.id, DEVICES.read(first)) == first
    other = DEVICES.of(new_id(), DEVICES.read(first))
    assert DEVICES.read(other) != DEVICES.read(first)


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "",
        "nonsense",
        "rgd_" + USER.id.hex + "_" + "0" * 32 + "_" + "0" * 64,
        KnownDevices("another platform").of(USER.id, None),
        DEVICES.of(Id(int=7), None).replace(Id(int=7).hex, USER.id.hex),
    ],
)
def test_a_made_up_device_token_is_as_good_as_none(forged: str | None) -> None:
    assert DEVICES.read(forged) is None
