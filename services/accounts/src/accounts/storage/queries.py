"""The read side: what routes show, without a transaction of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from accounts.domain.api_key import ApiKey
from accounts.domain.change_request import ChangeRequest, RequestState
from accounts.domain.data_export import DataExport
from accounts.domain.document import Document
from accounts.domain.email_change import EmailChange, EmailChangeState
from accounts.domain.erasure import Erasure, ErasureState
from accounts.domain.errors import DocumentNotFound
from accounts.domain.factors import Factors
from accounts.domain.invitation import Invitation
from accounts.domain.purchasing import no_rules
from accounts.domain.revocation import Revocation
from accounts.domain.second_factor import SecondFactor
from accounts.domain.seller import Seller, SellerState
from accounts.domain.session import Session
from accounts.domain.user import User
from accounts.storage import tables
from accounts.storage.api_keys import ApiKeyRepository
from accounts.storage.change_requests import ChangeRequestRepository
from accounts.storage.companies import CompanyRepository
from accounts.storage.data_exports import DataExportRepository
from accounts.storage.documents import DocumentFiles, DocumentRepository
from accounts.storage.email_changes import EmailChangeRepository
from accounts.storage.erasures import ErasureRepository
from accounts.storage.invitations import InvitationRepository
from accounts.storage.passkeys import PasskeyRepository
from accounts.storage.personal_data import PERSONAL_DATA
from accounts.storage.purchasing_rules import PurchasingRulesRepository
from accounts.storage.revocations import RevocationLog
from accounts.storage.second_factors import SecondFactorRepository
from accounts.storage.sellers import SellerRepository
from accounts.storage.sessions import SessionRepository
from accounts.storage.users import UserRepository
from accounts.use_cases.ports import Account, Purchasing, SellerFile
from chassis.db.proposals import list_proposals
from chassis.db.repository import among
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Subject
from chassis.kernel.proposals import Proposal, ProposalState

_ADMITTED = [str(SellerState.ACTIVE), str(SellerState.SUSPENDED)]


class AccountQueries:
    """Reads through the same mappings as the use cases, so that a column is explained once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def account(self, company_id: Id) -> Account:
        """The company with its seller case; `CompanyNotFound` if there is none."""
        async with self._engine.connect() as connection:
            company = await CompanyRepository(connection).get(company_id)
            return Account(company, await SellerRepository(connection).find(company_id))

    async def seller_file(self, seller_id: Id) -> SellerFile:
        """A case with everything in it; `SellerNotFound` for who never applied."""
        async with self._engine.connect() as connection:
            company = await CompanyRepository(connection).get(seller_id)
            seller = await SellerRepository(connection).get(seller_id)
            return SellerFile(company, seller, await DocumentRepository(connection).listed(seller_id))

    async def document(self, seller_id: Id, document_id: Id) -> tuple[Document, bytes]:
        """A document with its content; another seller's is not there."""
        async with self._engine.connect() as connection:
            document = await DocumentRepository(connection).get(document_id)
            content = await DocumentFiles(connection).read(document.sha256)
        if document.seller_id != seller_id or content is None:
            raise DocumentNotFound(id=str(document_id))
        return document, content

    async def sellers_to_ask(self, mandate_version: str) -> Sequence[Seller]:
        """Admitted ones whose tax data is missing, or whose mandate is of an older text, and whom nobody has asked yet."""
        columns = tables.sellers.c
        without_tax = columns.tax.is_(None) & columns.tax_request.is_(None)
        outdated = columns.mandate["version"].astext != mandate_version
        async with self._engine.connect() as connection:
            return await SellerRepository(connection).where(
                among(columns.state, _ADMITTED), without_tax | (outdated & columns.mandate_due_at.is_(None))
            )

    async def reportable_sellers(self, before: datetime, after: Id | None, limit: int) -> Sequence[Account]:
        """Whoever has ever been allowed to sell, and first signed before this moment."""
        table, acts = tables.sellers, tables.mandate_acts
        signed = select(acts.c.seller_id).where(acts.c.act == "signed", acts.c.at < before)
        async with self._engine.connect() as connection:
            cases = await SellerRepository(connection).where(
                table.c.id.in_(signed), _behind(table.c.id, after), limit=limit
            )
            companies = await CompanyRepository(connection).get_many([case.id for case in cases])
        return [Account(company, case) for company, case in zip(companies, cases, strict=True)]

    async def pending_signatures(self, after: Id | None, limit: int) -> Sequence[Proposal]:
        """What one person of the operator's staff has signed and another one has not, yet."""
        async with self._engine.connect() as connection:
            return await list_proposals(connection, ProposalState.PENDING, after, limit)

    async def user(self, user_id: Id) -> User | None:
        """A person; None for the id of an API key."""
        async with self._engine.connect() as connection:
            return await UserRepository(connection).find(user_id)

    async def sessions(self, user_id: Id) -> Sequence[Session]:
        """Those of a person that nobody has ended."""
        async with self._engine.connect() as connection:
            return await SessionRepository(connection).open_of(user_id)

    async def factors(self, user_id: Id) -> Factors:
        """What the person has beside the password."""
        async with self._engine.connect() as connection:
            second = await SecondFactorRepository(connection).find(user_id)
            passkeys = await PasskeyRepository(connection).of_user(user_id)
        return Factors(second or SecondFactor(user_id, 1), tuple(passkeys))

    async def email_changes(self, after: Id | None, limit: int) -> Sequence[EmailChange]:
        """Changes of address that nobody has decided about."""
        table = tables.email_changes
        asked = table.c.state == str(EmailChangeState.ASKED)
        async with self._engine.connect() as connection:
            return await EmailChangeRepository(connection).where(asked, _behind(table.c.id, after), limit=limit)

    async def revocations(self, since: datetime) -> Sequence[Revocation]:
        """Sign-ins that were taken back at this moment or later."""
        async with self._engine.connect() as connection:
            return await RevocationLog(connection).since(since)

    async def data_export(self, id: Id) -> DataExport:
        """One, or `ExportNotFound`."""
        async with self._engine.connect() as connection:
            return await DataExportRepository(connection).get(id)

    async def personal_data(self, subject: Subject) -> dict[str, list[dict[str, Any]]]:
        """What accounts itself keeps, by table."""
        async with self._engine.connect() as connection:
            return await PERSONAL_DATA.export(connection, subject)

    async def erasures(self, state: ErasureState | None, after: Id | None, limit: int) -> Sequence[Erasure]:
        """Of everybody, in one state or all."""
        columns = tables.erasures.c
        in_state = columns.state == str(state) if state else true()
        async with self._engine.connect() as connection:
            return await ErasureRepository(connection).where(in_state, _behind(columns.id, after), limit=limit)

    async def purchasing(self, company_id: Id) -> Purchasing:
        """The company, its purchasing rules, and its people; `CompanyNotFound` if there is none."""
        async with self._engine.connect() as connection:
            company = await CompanyRepository(connection).get(company_id)
            rules = await PurchasingRulesRepository(connection).find(company_id)
            people = await UserRepository(connection).of_company(company_id)
        return Purchasing(company, rules or no_rules(company_id), people)

    async def people(self, company_id: Id, after: Id | None, limit: int) -> Sequence[User]:
        """People of a company, those who have left too."""
        columns = tables.users.c
        async with self._engine.connect() as connection:
            return await UserRepository(connection).where(
                columns.company_id == company_id, _behind(columns.id, after), limit=limit
            )

    async def invitations(self, company_id: Id, after: Id | None, limit: int) -> Sequence[Invitation]:
        """Invitations of a company, answered ones too."""
        columns = tables.invitations.c
        async with self._engine.connect() as connection:
            return await InvitationRepository(connection).where(
                columns.company_id == company_id, _behind(columns.id, after), limit=limit
            )

    async def change_requests(
        self, company_id: Id | None, state: RequestState | None, after: Id | None, limit: int
    ) -> Sequence[ChangeRequest]:
        """Change requests of one company, or of all."""
        columns = tables.change_requests.c
        async with self._engine.connect() as connection:
            return await ChangeRequestRepository(connection).where(
                columns.company_id == company_id if company_id else true(),
                columns.state == str(state) if state else true(),
                _behind(columns.id, after),
                limit=limit,
            )

    async def sellers(self, state: SellerState | None, after: Id | None, limit: int) -> Sequence[Account]:
        """Seller cases with their companies."""
        table = tables.sellers
        in_state = table.c.state == str(state) if state else true()
        async with self._engine.connect() as connection:
            cases = await SellerRepository(connection).where(in_state, _behind(table.c.id, after), limit=limit)
            companies = await CompanyRepository(connection).get_many([case.id for case in cases])
        # Both are in id order, and no case is without its company.
        return [Account(company, case) for company, case in zip(companies, cases, strict=True)]

    async def api_keys(self, company_id: Id, after: Id | None, limit: int) -> Sequence[ApiKey]:
        """Keys of a company, revoked ones too."""
        table = tables.api_keys
        async with self._engine.connect() as connection:
            return await ApiKeyRepository(connection).where(
                table.c.company_id == company_id, _behind(table.c.id, after), limit=limit
            )


def _behind(column: ColumnElement[Id], after: Id | None) -> ColumnElement[bool]:
    return column > after if after else true()
