"""From the activation mail to an active company."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain import events
from accounts.domain.company import CompanyState
from accounts.domain.errors import (
    ActivationLinkExpired,
    ActivationLinkInvalid,
    ActivationLinkUsed,
    CompanyMoveRefused,
    UserNotFound,
)
from accounts.domain.link_tokens import LinkToken
from accounts.domain.user import UserState
from accounts.use_cases.activate_company import ActivateCompany, activate_company
from accounts.use_cases.issue_activation_link import IssueActivationLink, issue_activation_link
from accounts.use_cases.request_activation_mail import RequestActivationMail, request_activation_mail
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import NOW, REAL, MemoryAccounts, a_company, a_user, an_active_user

PENDING = a_company(version=1, state=CompanyState.PENDING_ACTIVATION)
USER = a_user(company_id=PENDING.id)
LATER = REAL + timedelta(minutes=5)


def signed_up() -> MemoryAccounts:
    return MemoryAccounts(companies=[PENDING], users=[USER])


def use(nonce: str = "n0nce", at: timedelta = timedelta(0)) -> ActivateCompany:
    return ActivateCompany(LinkToken(USER.id, nonce), "hashed", REAL + at)


async def test_the_link_activates_person_and_company_together() -> None:
    uow = signed_up()
    company = await activate_company(use(), uow, NOW)
    assert uow.companies.rows[company.id].state is CompanyState.ACTIVE
    assert uow.users.rows[USER.id].state is UserState.ACTIVE
    (activated,) = uow.published(events.CompanyActivated)
    assert (activated.kind, activated.market, activated.seq) == ("buyer", "fr-pro", 2)


async def test_the_link_works_once() -> None:
    uow = signed_up()
    await activate_company(use(), uow, NOW)
    with pytest.raises(ActivationLinkUsed):
        await activate_company(use(), uow, NOW)
    assert len(uow.published(events.CompanyActivated)) == 1


async def test_an_old_a_replaced_or_a_strangers_link_does_not_work() -> None:
    with pytest.raises(ActivationLinkExpired):
        await activate_company(use(at=timedelta(hours=72)), signed_up(), NOW)
    with pytest.raises(ActivationLinkInvalid):
        await activate_company(use("older"), signed_up(), NOW)
    with pytest.raises(ActivationLinkInvalid):
        await activate_company(replace(use(), token=LinkToken(new_id(), "n0nce")), signed_up(), NOW)


async def test_a_closed_company_is_not_activated() -> None:
    closed = replace(PENDING, state=CompanyState.CLOSED)
    uow = MemoryAccounts(companies=[closed], users=[USER])
    with pytest.raises(CompanyMoveRefused):
        await activate_company(use(), uow, NOW)


async def test_asking_for_the_mail_again_tells_the_gateway_for_whom() -> None:
    uow = signed_up()
    await request_activation_mail(RequestActivationMail(USER.id, LATER), uow, NOW)
    (changed,) = uow.published(events.CompanyChanged)
    assert (changed.what, changed.user_id, changed.seq) == (("activation_link",), USER.id, 2)


async def test_nobody_an_active_or_an_impatient_person_causes_nothing() -> None:
    active = an_active_user(email="active@reparo.example")
    uow = MemoryAccounts(companies=[PENDING, a_company(id=new_id())], users=[USER, active])
    for user_id, at in ((new_id(), LATER), (active.id, LATER), (USER.id, REAL + timedelta(seconds=59))):
        await request_activation_mail(RequestActivationMail(user_id, at), uow, NOW)
    assert uow.collected() == []


async def test_the_link_is_the_same_on_every_call_and_after_a_second_mail() -> None:
    uow = signed_up()
    first = await issue_activation_link(IssueActivationLink(USER.id, LATER), uow, NOW)
    await request_activation_mail(RequestActivationMail(USER.id, LATER), uow, NOW)
    second = await issue_activation_link(IssueActivationLink(USER.id, LATER), uow, NOW)
    assert first.link.nonce == second.link.nonce == "n0nce"
    assert first.link.expires_at == second.link.expires_at


async def test_a_mail_that_is_written_too_late_gets_a_link_that_works() -> None:
    uow = signed_up()
    late = REAL + timedelta(hours=100)
    issued = await issue_activation_link(IssueActivationLink(USER.id, late), uow, NOW)
    assert issued.link.expires_at == late + timedelta(hours=72)
    await activate_company(use(issued.link.nonce, timedelta(hours=100)), uow, NOW)
    with pytest.raises(ActivationLinkUsed):
        await issue_activation_link(IssueActivationLink(USER.id, late), uow, NOW)


async def test_there_is_no_link_for_nobody() -> None:
    with pytest.raises(UserNotFound):
        await issue_activation_link(IssueActivationLink(new_id(), LATER), signed_up(), NOW)
