"""The operator's side of people: what support does for somebody who cannot get in any more."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.use_cases.reset_second_factor import ResetSecondFactor, reset_second_factor
from chassis.db.receipts import Answer
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/operator", tags=["operator"])


@router.post("/people/{user_id}/second-factor-removal", status_code=status.HTTP_204_NO_CONTENT)
async def remove_second_factor(
    user_id: Id, subject: Annotated[Subject, require("operator:companies")], write: Write
) -> Response:
    """Take every second factor of a person away who has lost them all. Find out first who it is that asks.

    The password alone signs in afterwards. The person is signed out everywhere and gets a mail.
    """
    command = ResetSecondFactor(user_id, real_now())
    return await write.respond(subject.tenant, partial(reset_second_factor, command), _nothing)


def _nothing(result: None) -> Answer:
    return Answer(status.HTTP_204_NO_CONTENT, None)
