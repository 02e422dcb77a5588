"""A person is forgotten, and every holder is heard."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.erasure import HOLDERS, ErasureState
from accounts.domain.errors import EmailIsTheEnvironments, LastOwner, PersonMoveRefused
from accounts.domain.events import CompanyChanged, ErasureCompleted, ErasureConfirmed, ErasureRequested, SignInRevoked
from accounts.domain.scopes import Role
from accounts.domain.user import UserState
from accounts.use_cases.begin_erasure import PATIENCE, WATCH_ERASURE
from accounts.use_cases.confirm_erasure import ConfirmErasure, confirm_erasure
from accounts.use_cases.erase_person import ErasePerson, erase_person
from accounts.use_cases.seed_platform import OPERATOR_USER
from accounts.use_cases.watch_erasure import WatchErasure, watch_erasure
from chassis.kernel.personal_data import Obeyed, Subject
from services.accounts.tests.builders import NOW, REAL, MemoryAccounts, a_company, a_session, an_active_user

COMPANY = a_company()
CAMILLE = an_active_user(company_id=COMPANY.id, role=Role.OWNER)
ALEX = an_active_user(company_id=COMPANY.id, role=Role.OWNER, email="alex@reparo.example", name="Alex Exemple")
KIM = an_active_user(company_id=COMPANY.id, role=Role.BUYER, email="kim@reparo.example", name="Kim Exemple")


def accounts() -> MemoryAccounts:
    return MemoryAccounts(
        companies=[COMPANY], users=[CAMILLE, ALEX, KIM], sessions=[a_session(CAMILLE), a_session(KIM)]
    )


async def test_a_person_is_signed_out_and_nameless_and_everybody_hears_of_it() -> None:
    uow = accounts()
    erasure = await erase_person(ErasePerson(KIM.id, REAL), uow, NOW)
    assert uow.users.rows[KIM.id].state is UserState.ERASED
    assert uow.personal_data.erased == [Subject(COMPANY.id, KIM.id)]
    assert len(uow.published(SignInRevoked)) == 1
    (requested,) = uow.published(ErasureRequested)
    assert (requested.company_id, requested.user_id) == (COMPANY.id, KIM.id)
    assert uow.published(CompanyChanged)[0].what == ("people",)
    assert uow.timers.due(WATCH_ERASURE, erasure.id) == NOW + PATIENCE


async def test_mails_to_the_company_go_to_the_other_owner_from_then_on() -> None:
    uow = accounts()
    await erase_person(ErasePerson(CAMILLE.id, REAL), uow, NOW)
    contact = uow.companies.rows[COMPANY.id].contact
    assert (contact.name, contact.email) == (ALEX.name, ALEX.email)
    assert uow.published(CompanyChanged)[0].what == ("contact",)


async def test_the_last_owner_stays() -> None:
    uow = MemoryAccounts(companies=[COMPANY], users=[CAMILLE, replace(ALEX, state=UserState.DEACTIVATED)])
    with pytest.raises(LastOwner):
        await erase_person(ErasePerson(CAMILLE.id, REAL), uow, NOW)
    assert uow.personal_data.erased == []


async def test_nobody_is_erased_twice_and_the_operator_of_the_environment_never() -> None:
    uow = accounts()
    await erase_person(ErasePerson(KIM.id, REAL), uow, NOW)
    with pytest.raises(PersonMoveRefused):
        await erase_person(ErasePerson(KIM.id, REAL), uow, NOW)
    with pytest.raises(EmailIsTheEnvironments):
        await erase_person(ErasePerson(OPERATOR_USER, REAL), uow, NOW)


async def test_holders_confirm_and_a_repeat_is_no_news() -> None:
    uow = accounts()
    erasure = await erase_person(ErasePerson(KIM.id, REAL), uow, NOW)
    for holder in (*HOLDERS, HOLDERS[0]):
        erasure = await confirm_erasure(ConfirmErasure(erasure.id, holder, Obeyed({})), uow, NOW)
    assert erasure.state is ErasureState.DONE
    assert len(uow.published(ErasureConfirmed)) == len(HOLDERS) - 1
    assert len(uow.published(ErasureCompleted)) == 1
    assert uow.timers.due(WATCH_ERASURE, erasure.id) is None


async def test_who_has_not_confirmed_within_a_day_is_named_again_and_again() -> None:
    uow = accounts()
    erasure = await erase_person(ErasePerson(KIM.id, REAL), uow, NOW)
    await confirm_erasure(ConfirmErasure(erasure.id, "orders", Obeyed({})), uow, NOW)
    tomorrow = NOW + timedelta(days=1)
    uow.timers.fire(tomorrow)
    assert await watch_erasure(WatchErasure(erasure.id), uow, tomorrow) == (
        "aftersales",
        "catalog",
        "gateway",
        "payments",
    )
    assert uow.timers.due(WATCH_ERASURE, erasure.id) == tomorrow + PATIENCE
