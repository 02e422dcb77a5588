"""The activation link: use it, or have the mail sent again."""

from functools import partial

from fastapi import APIRouter, status

from accounts.api import shapes
from accounts.api.schemas import ActivationRequest, CompanyStateBody, MailRequest
from accounts.api.state import Given
from accounts.domain.user import check_password
from accounts.use_cases.activate_company import ActivateCompany, activate_company
from accounts.use_cases.wish_for_mail import MailWish, WishForMail, wish_for_mail
from chassis.kernel.clock import real_now

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.post("/activations")
async def activate_account(body: ActivationRequest, given: Given) -> CompanyStateBody:
    """Set the password (at least 12 characters) with the token of the mail's link; it works once, for 72 hours."""
    # The signature is checked first: a made-up token must not make us hash anything.
    token = given.activation_tokens.read(body.token)
    check_password(body.password)
    command = ActivateCompany(token, await given.passwords.hash(body.password), real_now())
    return shapes.company_state(await given.executor.run(partial(activate_company, command)))


@router.post("/activation-mails", status_code=status.HTTP_202_ACCEPTED)
async def resend_activation_mail(body: MailRequest, given: Given) -> dict[str, str]:
    """Ask for the activation mail again, at most once a minute; the answer is the same for every address."""
    await given.executor.run(partial(wish_for_mail, WishForMail(MailWish.ACTIVATION, body.email)))
    return {"status": "accepted"}
