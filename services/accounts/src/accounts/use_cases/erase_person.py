"""A person wants to be forgotten."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company
from accounts.domain.email_address import same_email
from accounts.domain.erasure import Erasure, ErasureCause
from accounts.domain.errors import EmailIsTheEnvironments
from accounts.domain.membership import erased
from accounts.domain.platform import OPERATOR_USER
from accounts.domain.profile import ProfileChange
from accounts.domain.user import User
from accounts.use_cases.begin_erasure import begin_erasure
from accounts.use_cases.keep_an_owner import keep_an_owner
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import end_sessions_of
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Subject


@dataclass(frozen=True)
class ErasePerson:
    """The person has just given the password again. `at` is real time."""

    user_id: Id
    at: datetime


async def erase_person(command: ErasePerson, uow: UnitOfWork, now: datetime) -> Erasure:
    """Signed out, nameless and without an address from now on; the other services follow within moments.

    The id stays where it stands in the company's records, and names nobody any more. The address is free for a new account.
    A company's last owner cannot go: somebody has to be there who can answer for it, or close it.
    """
    if command.user_id == OPERATOR_USER:
        raise EmailIsTheEnvironments()
    user = await uow.users.get(command.user_id)
    company = await uow.companies.get(user.company_id)
    await keep_an_owner(user, uow)
    after = erased(user)
    # Before sessions are looked for: a sign-in is then either among them or not yet compared.
    await uow.sign_in_attempts.forget(user.email)
    await end_sessions_of(user.id, command.at, uow)
    company, changed = await _without(user, company, uow)
    erasure = await begin_erasure(Subject(company.id, user.id), ErasureCause.PERSON, uow, now)
    await uow.users.save(after)
    await uow.companies.save(company)
    uow.publish(changed)
    return erasure


async def _without(user: User, company: Company, uow: UnitOfWork) -> tuple[Company, DomainEvent]:
    """Mails to the company go to its longest-standing other owner if they went to this person."""
    if same_email(company.contact.email) == user.email:
        others = sorted((one for one in await uow.users.owners_of(company.id) if one.id != user.id), key=_id)
        if others:
            contact = ProfileChange(contact_name=others[0].name, contact_email=others[0].email)
            if (moved := company.change_profile(contact)) is not None:
                return moved
    return company.person_changed("people", user.id)


def _id(user: User) -> Id:
    return user.id
