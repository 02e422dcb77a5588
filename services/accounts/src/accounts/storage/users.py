"""People: row ↔ dataclass; the database guards that an address is used once."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from accounts.domain.errors import EmailInUse, UserNotFound
from accounts.domain.scopes import Role
from accounts.domain.user import User, UserState
from accounts.storage import rows, tables
from accounts.storage.locks import wait_in_line
from chassis.db.repository import Repository
from chassis.kernel.ids import Id

_UNIQUE_VIOLATION = "23505"


class UserRepository(Repository[User]):
    """Two sign-ups with one address in the same moment: the second is refused, not failed."""

    table = tables.users
    not_found = UserNotFound

    async def find_by_email(self, email: str) -> User | None:
        """By the one spelling of the address (`same_email`)."""
        found = await self.where(self.table.c.email == email)
        return found[0] if found else None

    async def of_company(self, company_id: Id) -> Sequence[User]:
        """Everybody, those who have left too."""
        return await self.where(self.table.c.company_id == company_id)

    async def owners_of(self, company_id: Id) -> Sequence[User]:
        """Active owners; rivals who ask for the same company wait until this transaction ends."""
        await wait_in_line(self._connection, f"owners of {company_id}")
        columns = self.table.c
        return await self.where(
            columns.company_id == company_id,
            columns.role == str(Role.OWNER),
            columns.state == str(UserState.ACTIVE),
        )

    async def add(self, *aggregates: User) -> None:
        """Insert, or `EmailInUse`."""
        with _refusing_taken():
            await super().add(*aggregates)

    async def save(self, aggregate: User) -> None:
        """Compare and set, or `EmailInUse`."""
        with _refusing_taken():
            await super().save(aggregate)

    def to_row(self, aggregate: User) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "company_id": aggregate.company_id,
            "kind": aggregate.kind,
            "state": aggregate.state,
            "email": aggregate.email,
            "name": aggregate.name,
            "password_hash": aggregate.password_hash,
            "link": rows.link_to(aggregate.link),
            "password_link": rows.link_to(aggregate.password_link),
            "role": aggregate.role,
        }

    def from_row(self, row: Mapping[str, Any]) -> User:
        """The person of a row."""
        return User(
            **{
                **row,
                "state": UserState(row["state"]),
                "link": rows.link_from(row["link"]),
                "password_link": rows.link_from(row["password_link"]),
                "role": Role(row["role"]),
            }
        )


@contextlib.contextmanager
def _refusing_taken() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if _is_taken(error):
            raise EmailInUse() from error
        raise


def _is_taken(error: IntegrityError) -> bool:
    """Whether the address stands there already; every other failure is a mistake of ours."""
    return getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION
