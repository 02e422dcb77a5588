"""Inviting, joining, changing roles and leaving."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain import events
from accounts.domain.company import CompanyKind
from accounts.domain.errors import (
    EmailInUse,
    EnvironmentsOwner,
    InvitationLinkInvalid,
    InvitationLinkUsed,
    InvitationNotFound,
    InvitationOpen,
    LastOwner,
    PersonInCompany,
    RoleUnknown,
    TooManyInvitations,
    UserNotFound,
)
from accounts.domain.invitation import OPEN_MAX, InvitationState
from accounts.domain.link_tokens import LinkToken
from accounts.domain.platform import OPERATOR_USER
from accounts.domain.scopes import Role
from accounts.domain.user import UserState
from accounts.use_cases.accept_invitation import AcceptInvitation, accept_invitation
from accounts.use_cases.change_role import ChangeRole, change_role
from accounts.use_cases.deactivate_person import DeactivatePerson, deactivate_person
from accounts.use_cases.invite_person import InvitePerson, invite_person
from accounts.use_cases.issue_invitation_link import IssueInvitationLink, issue_invitation_link
from accounts.use_cases.send_invitation_again import SendInvitationAgain, send_invitation_again
from accounts.use_cases.withdraw_invitation import WithdrawInvitation, withdraw_invitation
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import (
    NOW,
    REAL,
    RULES,
    KnownMarkets,
    MemoryAccounts,
    a_company,
    a_session,
    an_active_user,
    an_invitation,
)

MARKETS = KnownMarkets()
COMPANY = a_company()
OWNER = an_active_user(company_id=COMPANY.id)
BUYER = an_active_user(company_id=COMPANY.id, email="bo@reparo.example", role=Role.BUYER)
KIM = InvitePerson(COMPANY.id, " Kim@Reparo.example", "Kim Exemple", Role.APPROVER, REAL)


def accounts(**more: Any) -> MemoryAccounts:
    return MemoryAccounts(**{"companies": [COMPANY], "users": [OWNER, BUYER], **more})


async def test_who_is_invited_sets_a_password_and_is_in_with_the_role() -> None:
    uow = accounts()
    invitation = await invite_person(KIM, MARKETS, uow, NOW)
    assert (invitation.email, invitation.link.expires_at) == ("kim@reparo.example", REAL + RULES.link_valid_for)
    (invited,) = uow.published(events.CompanyChanged)
    assert (invited.what, invited.invitation_id, invited.user_id) == (("invitation",), invitation.id, None)
    command = AcceptInvitation(LinkToken(invitation.id, invitation.link.nonce), "hashed", REAL)
    await accept_invitation(command, uow, NOW)
    kim = await uow.users.find_by_email("kim@reparo.example")
    assert kim is not None
    assert (kim.company_id, kim.kind, kim.role, kim.state) == (COMPANY.id, "buyer", Role.APPROVER, UserState.ACTIVE)
    assert uow.published(events.CompanyChanged)[-1].user_id == kim.id
    with pytest.raises(InvitationLinkUsed):
        await accept_invitation(command, uow, NOW)


async def test_an_address_with_an_account_elsewhere_is_invited_alike_and_told_by_its_own_link_only() -> None:
    elsewhere = an_active_user(email="kim@reparo.example")
    uow, free = accounts(users=[OWNER, elsewhere]), accounts()
    taken, other = await invite_person(KIM, MARKETS, uow, NOW), await invite_person(KIM, MARKETS, free, NOW)
    assert replace(taken, id=other.id, link=other.link) == other
    assert [event.what for event in uow.events] == [event.what for event in free.events]  # type: ignore[attr-defined]
    with pytest.raises(EmailInUse):
        await accept_invitation(AcceptInvitation(LinkToken(taken.id, taken.link.nonce), "hashed", REAL), uow, NOW)
    assert uow.users.rows[elsewhere.id] == elsewhere


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (replace(KIM, email=BUYER.email), PersonInCompany),
        (replace(KIM, email="open@reparo.example"), InvitationOpen),
        (replace(KIM, role=Role.STOCK), RoleUnknown),
    ],
)
async def test_an_invitation_that_makes_no_sense_is_refused(command: InvitePerson, refusal: type[Exception]) -> None:
    uow = accounts(invitations=[an_invitation(company_id=COMPANY.id, email="open@reparo.example")])
    with pytest.raises(refusal):
        await invite_person(command, MARKETS, uow, NOW)
    assert uow.events == []


async def test_a_company_cannot_fill_the_worlds_mailboxes() -> None:
    waiting = [an_invitation(company_id=COMPANY.id, email=f"p{n}@reparo.example") for n in range(OPEN_MAX)]
    with pytest.raises(TooManyInvitations):
        await invite_person(KIM, MARKETS, accounts(invitations=waiting), NOW)


async def test_a_mail_that_is_sent_again_carries_a_new_link_and_one_taken_back_none() -> None:
    invitation = an_invitation(company_id=COMPANY.id)
    uow = accounts(invitations=[invitation])
    later = REAL + timedelta(hours=1)
    again = await send_invitation_again(SendInvitationAgain(COMPANY.id, invitation.id, later), uow, NOW)
    assert again.link.nonce != invitation.link.nonce
    old = AcceptInvitation(LinkToken(invitation.id, invitation.link.nonce), "hashed", later)
    with pytest.raises(InvitationLinkInvalid):
        await accept_invitation(old, uow, NOW)
    assert await issue_invitation_link(IssueInvitationLink(invitation.id, later), uow, NOW) == again
    withdrawn = await withdraw_invitation(WithdrawInvitation(COMPANY.id, invitation.id), uow, NOW)
    assert withdrawn.state is InvitationState.WITHDRAWN
    with pytest.raises(InvitationLinkInvalid):
        await issue_invitation_link(IssueInvitationLink(invitation.id, later), uow, NOW)


async def test_strangers_invitations_and_people_are_not_there() -> None:
    uow = accounts(invitations=[invitation := an_invitation()])
    for work in (
        withdraw_invitation(WithdrawInvitation(COMPANY.id, invitation.id), uow, NOW),
        send_invitation_again(SendInvitationAgain(COMPANY.id, invitation.id, REAL), uow, NOW),
    ):
        with pytest.raises(InvitationNotFound):
            await work
    with pytest.raises(UserNotFound):
        await change_role(ChangeRole(new_id(), BUYER.id, Role.OWNER, REAL), uow, NOW)


async def test_the_last_owner_neither_leaves_nor_steps_down() -> None:
    uow = accounts()
    with pytest.raises(LastOwner):
        await deactivate_person(DeactivatePerson(COMPANY.id, OWNER.id, REAL), uow, NOW)
    with pytest.raises(LastOwner):
        await change_role(ChangeRole(COMPANY.id, OWNER.id, Role.BUYER, REAL), uow, NOW)
    await change_role(ChangeRole(COMPANY.id, BUYER.id, Role.OWNER, REAL), uow, NOW)
    gone = await deactivate_person(DeactivatePerson(COMPANY.id, OWNER.id, REAL), uow, NOW)
    assert gone.state is UserState.DEACTIVATED
    assert [event.what for event in uow.published(events.CompanyChanged)] == [("people",), ("people",)]


@pytest.mark.parametrize("leaves", [True, False])
async def test_who_leaves_or_has_another_role_is_signed_out_everywhere_and_nobody_else_is(leaves: bool) -> None:
    phone, laptop, others = a_session(BUYER), a_session(BUYER), a_session(OWNER)
    uow = accounts(sessions=[phone, laptop, others])
    if leaves:
        await deactivate_person(DeactivatePerson(COMPANY.id, BUYER.id, REAL), uow, NOW)
    else:
        await change_role(ChangeRole(COMPANY.id, BUYER.id, Role.READ_ONLY, REAL), uow, NOW)
    assert {event.subject_id for event in uow.published(events.SignInRevoked)} == {phone.id, laptop.id}
    assert {id for id, one in uow.sessions.rows.items() if one.ended_at is None} == {others.id}


async def test_an_owner_who_has_left_is_no_owner_to_count_on() -> None:
    left = an_active_user(
        company_id=COMPANY.id, email="left@reparo.example", state=UserState.DEACTIVATED, password_hash=None
    )
    uow = accounts(users=[OWNER, left])
    with pytest.raises(LastOwner):
        await change_role(ChangeRole(COMPANY.id, OWNER.id, Role.BUYER, REAL), uow, NOW)


async def test_the_same_role_again_changes_nothing() -> None:
    uow = accounts()
    await change_role(ChangeRole(COMPANY.id, OWNER.id, Role.OWNER, REAL), uow, NOW)
    assert uow.events == []


async def test_who_has_left_comes_back_with_a_new_invitation() -> None:
    uow = accounts()
    await deactivate_person(DeactivatePerson(COMPANY.id, BUYER.id, REAL), uow, NOW)
    invitation = await invite_person(replace(KIM, email=BUYER.email, role=Role.ACCOUNTANT), MARKETS, uow, NOW)
    token = LinkToken(invitation.id, invitation.link.nonce)
    await accept_invitation(AcceptInvitation(token, "hashed again", REAL), uow, NOW)
    back = uow.users.rows[BUYER.id]
    assert (back.state, back.role, back.password_hash) == (UserState.ACTIVE, Role.ACCOUNTANT, "hashed again")


async def test_the_operator_invites_staff_by_the_rules_of_the_default_market_and_its_own_owner_stays() -> None:
    house = a_company(kind=CompanyKind.OPERATOR, market=None)
    first = an_active_user(id=OPERATOR_USER, company_id=house.id, kind="operator")
    second = an_active_user(company_id=house.id, kind="operator", email="ada@regrade.example")
    uow = MemoryAccounts(companies=[house], users=[first, second])
    invitation = await invite_person(
        InvitePerson(house.id, "fin@regrade.example", "Fin", Role.FINANCE, REAL), MARKETS, uow, NOW
    )
    assert (invitation.role, invitation.link.valid_for) == (Role.FINANCE, RULES.link_valid_for)
    with pytest.raises(EnvironmentsOwner):
        await change_role(ChangeRole(house.id, first.id, Role.SUPPORT, REAL), uow, NOW)
    with pytest.raises(EnvironmentsOwner):
        await deactivate_person(DeactivatePerson(house.id, first.id, REAL), uow, NOW)
    await change_role(ChangeRole(house.id, second.id, Role.SUPPORT, REAL), uow, NOW)
    assert uow.users.rows[second.id].role is Role.SUPPORT
