"""The unit of work of accounts: the chassis' one plus this service's repositories."""

from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.storage.api_keys import ApiKeyRepository
from accounts.storage.change_requests import ChangeRequestRepository
from accounts.storage.companies import CompanyRepository
from accounts.storage.data_exports import DataExportRepository
from accounts.storage.documents import DocumentFiles, DocumentRepository
from accounts.storage.email_changes import EmailChangeRepository
from accounts.storage.erasures import ErasureRepository
from accounts.storage.invitations import InvitationRepository
from accounts.storage.mandate_log import MandateLog
from accounts.storage.passkeys import PasskeyRepository
from accounts.storage.personal_data import PERSONAL_DATA
from accounts.storage.purchasing_rules import PurchasingRulesRepository
from accounts.storage.revocations import RevocationLog
from accounts.storage.second_factors import SecondFactorRepository
from accounts.storage.sellers import SellerRepository
from accounts.storage.sessions import SessionRepository
from accounts.storage.sign_in_attempts import SignInAttemptLog
from accounts.storage.spent_challenges import SpentChallengeLog
from accounts.storage.users import UserRepository
from accounts.storage.vat_evidence import VatEvidenceLog
from chassis.db.proposals import ProposalRepository
from chassis.db.unit_of_work import UnitOfWork


class AccountsUnitOfWork(UnitOfWork):
    """Everything a use case of accounts works with, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.companies = CompanyRepository(connection)
        self.change_requests = ChangeRequestRepository(connection)
        self.proposals = ProposalRepository(connection)
        self.documents = DocumentRepository(connection)
        self.document_files = DocumentFiles(connection)
        self.mandate_log = MandateLog(connection)
        self.users = UserRepository(connection)
        self.invitations = InvitationRepository(connection)
        self.purchasing_rules = PurchasingRulesRepository(connection)
        self.sellers = SellerRepository(connection)
        self.api_keys = ApiKeyRepository(connection)
        self.email_changes = EmailChangeRepository(connection)
        self.second_factors = SecondFactorRepository(connection)
        self.passkeys = PasskeyRepository(connection)
        self.spent_challenges = SpentChallengeLog(connection)
        self.sessions = SessionRepository(connection)
        self.revocations = RevocationLog(connection)
        self.vat_evidence = VatEvidenceLog(connection)
        self.sign_in_attempts = SignInAttemptLog(connection)
        self.data_exports = DataExportRepository(connection)
        self.erasures = ErasureRepository(connection)
        self.personal_data = PERSONAL_DATA
