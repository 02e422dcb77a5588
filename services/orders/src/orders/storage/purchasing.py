"""How buyer companies buy: the rules as `accounts` told them last."""

from collections.abc import Hashable

from sqlalchemy import Boolean, bindparam, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id
from orders.domain.purchasing import PurchasingRules
from orders.storage import codec
from orders.storage.tables import purchasing_rules

_OF = select(purchasing_rules.c.rules).where(purchasing_rules.c.company_id == bindparam("company_id", type_=UUID()))
_BINDING = _OF.where(purchasing_rules.c.binds == bindparam("binds", True, type_=Boolean()))


class PurchasingRecords:
    """Rules by company; an older version never replaces a newer one."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def binding(self, company_id: Id) -> PurchasingRules | None:
        """Rules that ask something of an order; None for most companies."""
        session = session_of(self._connection)
        ahead = session.recall(_binding_on(company_id), None) if session is not None else None
        if ahead is not None:
            (known,) = ahead
            found: PurchasingRules | None = known
            return found
        stored = (await self._connection.execute(_BINDING, {"company_id": company_id})).scalar_one_or_none()
        return None if stored is None else codec.PURCHASING.from_json(stored)

    async def of(self, company_id: Id) -> PurchasingRules | None:
        """The rules, also those that ask nothing; None for a company that has not been asked about yet."""
        return await rules_of_company(self._connection, company_id)

    async def keep(self, rules: PurchasingRules, at: object) -> None:
        """Insert or replace; what is older than what is stored is dropped."""
        statement = postgresql.insert(purchasing_rules).values(
            company_id=rules.company_id,
            version=rules.version,
            binds=rules.bind,
            rules=codec.PURCHASING.to_json(rules),
            fetched_at=at,
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[purchasing_rules.c.company_id],
                set_={name: statement.excluded[name] for name in ("version", "binds", "rules", "fetched_at")},
                where=purchasing_rules.c.version <= statement.excluded.version,
            )
        )
        session = session_of(self._connection)
        if session is not None:
            session.remember(_binding_on(rules.company_id), None)


async def rules_of_company(connection: AsyncConnection, company_id: Id) -> PurchasingRules | None:
    """The rules of one company, if it has been asked about."""
    stored = (await connection.execute(_OF, {"company_id": company_id})).scalar_one_or_none()
    return None if stored is None else codec.PURCHASING.from_json(stored)


def remember_binding(session: Session, company_id: Id, stored: object | None) -> None:
    """What was read ahead together with the buyer's holds; None where no rule binds the company."""
    rules = None if stored is None else codec.PURCHASING.from_json(stored)
    session.remember(_binding_on(company_id), (rules,))


def _binding_on(company_id: Id) -> Hashable:
    return "purchasing rules that bind", company_id
