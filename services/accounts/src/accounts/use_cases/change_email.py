"""A person opens the link that went to the new address, and signs in with that from now on."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.email_address import same_email
from accounts.domain.errors import EmailLinkInvalid
from accounts.domain.link_tokens import LinkToken
from accounts.domain.profile import ProfileChange
from accounts.domain.user import UserState
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.record_own_act import record_own_act
from accounts.use_cases.revoke import end_sessions_of


@dataclass(frozen=True)
class ChangeEmail:
    """`token` names the change. `at` is real time; the new password is hashed before, outside of the transaction."""

    token: LinkToken
    password_hash: str
    at: datetime


async def change_email(command: ChangeEmail, uow: UnitOfWork, now: datetime) -> None:
    """The old address is dead as a sign-in, every session is ended, and mails to the company follow its person."""
    change = await uow.email_changes.find(command.token.subject_id)
    if change is None:
        raise EmailLinkInvalid()
    change = change.use(command.token.nonce, command.at)
    user = await uow.users.get(change.user_id)
    if user.state is not UserState.ACTIVE:
        # Who has left the company has no password any more, and gets none by an old link.
        raise EmailLinkInvalid()
    company = await uow.companies.get(user.company_id)
    company.must_be_active()
    # Before sessions are looked for: a sign-in with the old address is then either among them or not yet compared.
    await uow.sign_in_attempts.forget(user.email)
    moved = (
        company.change_profile(ProfileChange(contact_email=change.email))
        if same_email(company.contact.email) == user.email
        else None
    )
    company, told = moved or company.person_changed("email", user.id)
    await uow.email_changes.save(change)
    await uow.users.save(user.with_sign_in(change.email, command.password_hash))
    await uow.companies.save(company)
    await end_sessions_of(user.id, command.at, uow)
    uow.publish(told)
    await record_own_act("use_new_address", user, uow, now)
