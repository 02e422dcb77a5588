"""A forgotten password: ask for the link, use it."""

from functools import partial

from fastapi import APIRouter, status

from accounts.api.schemas import MailRequest, NewPasswordRequest
from accounts.api.state import Given
from accounts.domain.user import check_password
from accounts.use_cases.reset_password import ResetPassword, reset_password
from accounts.use_cases.wish_for_mail import MailWish, WishForMail, wish_for_mail
from chassis.kernel.clock import real_now

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/password-resets", status_code=status.HTTP_202_ACCEPTED)
async def request_password_reset(body: MailRequest, given: Given) -> dict[str, str]:
    """Ask for a mail with a link to set another password, at most once a minute; the answer is the same for every address.

    Only the newest link works. Whoever never activated the account gets the activation mail instead.
    """
    await given.executor.run(partial(wish_for_mail, WishForMail(MailWish.PASSWORD, body.email)))
    return {"status": "accepted"}


@router.post("/passwords")
async def set_new_password(body: NewPasswordRequest, given: Given) -> dict[str, str]:
    """Set another password (at least 12 characters) with the token of the mail's link; it works once, for 60 minutes."""
    # The signature is checked first: a made-up token must not make us hash anything.
    token = given.password_tokens.read(body.token)
    check_password(body.password)
    command = ResetPassword(token, await given.passwords.hash(body.password), real_now())
    await given.executor.run(partial(reset_password, command))
    return {"status": "password_set"}
