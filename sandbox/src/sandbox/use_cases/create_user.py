"""Make a company known to the payment provider."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.accounts import User
from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.storage.accounts import add_user


@dataclass(frozen=True, slots=True)
class CreateUser:
    reference: str
    kind: str
    name: str
    country: str


async def create_user(command: CreateUser, tx: AsyncConnection, now: Moment) -> User:
    user = User(
        id=new_name("usr"),
        reference=command.reference,
        kind=command.kind,
        name=command.name,
        country=command.country,
        created_at=now.business,
    )
    await add_user(tx, user)
    return user
