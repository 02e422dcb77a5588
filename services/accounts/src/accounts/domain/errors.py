"""Every refusal of accounts by name, with its stable code and the sentence the user hears."""

from chassis.kernel.errors import Forbidden, Invalid, NotFound, Unavailable, WrongState


class CompanyNotFound(NotFound):
    """No such company, or not the asker's."""

    code = "company_not_found"
    title = "There is no such company, or it is not yours"


class SellerNotFound(NotFound):
    """The company never applied as a seller."""

    code = "seller_not_found"
    title = "There is no such seller"


class ApiKeyNotFound(NotFound):
    """No such key, or another company's."""

    code = "api_key_not_found"
    title = "There is no such API key, or it is not yours"


class UserNotFound(NotFound):
    """Nobody has this id."""

    code = "user_not_found"
    title = "There is no such person"


class EmailInUse(WrongState):
    """One account has one e-mail address. A business sign-up says so plainly; no other path tells whether one exists."""

    code = "email_in_use"
    title = "An account with this e-mail address exists already"


class CountryNotServed(Invalid):
    """The buyer's company sits in a country that the market does not deliver to."""

    code = "country_not_served"
    title = "This market does not serve your country"


class VatNumbersMissing(Invalid):
    """A seller needs a VAT number in each country it ships from (domain rule of seller onboarding)."""

    code = "vat_numbers_missing"
    title = "A VAT number is needed for the country you ship from"


class MarketsMissing(Invalid):
    """An application that names no market."""

    code = "markets_missing"
    title = "Name at least one market to sell in"


class MarketHasItsSeller(WrongState):
    """A single-seller market admits one (policy `identity.model`)."""

    code = "market_has_its_seller"
    title = "This market has a single seller, and it has been admitted already"


class ActivationLinkInvalid(Invalid):
    """The token was not made by us, or a newer link has replaced it."""

    code = "activation_link_invalid"
    title = "This activation link does not work"


class ActivationLinkExpired(WrongState):
    """The link works for as long as the market says (72 hours)."""

    code = "activation_link_expired"
    title = "This activation link has expired; ask for a new one"


class ActivationLinkUsed(WrongState):
    """A link works once."""

    code = "activation_link_used"
    title = "This account is active already; please sign in"


class PasswordLinkInvalid(Invalid):
    """The token was not made by us, was used, or a newer link has replaced it: one answer for all."""

    code = "password_link_invalid"
    title = "This link for a new password does not work any more; ask for a new one"


class PasswordLinkExpired(WrongState):
    """The link works for as long as the market says (60 minutes)."""

    code = "password_link_expired"
    title = "This link for a new password has expired; ask for a new one"


class EmailNotReadable(Invalid):
    """Not an address, or one whose domain cannot be written in the name servers' letters."""

    code = "email_not_readable"
    title = "This is not an e-mail address that mail can be sent to"


class EmailMixesScripts(Invalid):
    """A part of it mixes alphabets, so that it could be mistaken for another address."""

    code = "email_mixes_scripts"
    title = "This e-mail address mixes letters of different alphabets"


class EmailChangeNotFound(NotFound):
    """No such change of address."""

    code = "email_change_not_found"
    title = "There is no such change of address"


class EmailChangeMoveRefused(WrongState):
    """The change of address is granted, used, refused or replaced already."""

    code = "email_change_state"
    title = "The state of the change of address does not allow this"


class EmailChangeTooSoon(WrongState):
    """One a minute, so that nobody's mailbox can be flooded."""

    code = "email_change_too_soon"
    title = "You have asked for another address just now; wait a minute"


class EmailIsTheEnvironments(WrongState):
    """The operator's address is set where the platform is configured."""

    code = "email_is_configured"
    title = "This address is set in the platform's configuration"


class EmailLinkInvalid(Invalid):
    """The token was not made by us, was used, or a newer link has replaced it: one answer for all."""

    code = "email_link_invalid"
    title = "This link to confirm an address does not work any more"


class EmailLinkExpired(WrongState):
    """The link works for as long as an activation link."""

    code = "email_link_expired"
    title = "This link to confirm an address has expired; ask again"


class PasswordWrong(Forbidden):
    """Who is signed in does not know the password."""

    code = "password_wrong"
    title = "The password is wrong"


class PasswordTooShort(Invalid):
    """Length is what counts (NIST SP 800-63B); no rules about kinds of characters."""

    code = "password_too_short"
    title = "A password needs at least 12 characters"


class PasswordTooLong(Invalid):
    """A bound, so that hashing cannot be made to work for ever."""

    code = "password_too_long"
    title = "A password has at most 256 characters"


class SignInRefused(Forbidden):
    """Unknown address, wrong password or an account that was never activated: one answer for all."""

    code = "sign_in_refused"
    title = "E-mail address or password are wrong"


class TooManySignIns(Forbidden):
    """Too many failed attempts for one address from one place."""

    code = "too_many_sign_ins"
    title = "Too many failed sign-ins for this address; wait a while"


class ChallengeRefused(Forbidden):
    """Not made by us, for something or somebody else, used already, or older than five minutes: one answer for all."""

    code = "challenge_refused"
    title = "This step has expired; please begin again"


class SecondFactorRefused(Forbidden):
    """A wrong code, one that was used already, or a passkey that does not fit: one answer for all."""

    code = "second_factor_refused"
    title = "This code or passkey was not accepted"


class AuthenticatorMoveRefused(WrongState):
    """The authenticator is on, off, or was never offered."""

    code = "authenticator_state"
    title = "The state of the authenticator does not allow this"


class NoSecondFactor(WrongState):
    """Recovery codes stand in for a second factor, so there are none without one."""

    code = "no_second_factor"
    title = "There is no second factor yet"


class PasskeyRefused(Invalid):
    """What the device has made was not made for us, or not with the person there."""

    code = "passkey_refused"
    title = "This passkey cannot be used here"


class PasskeyKnown(WrongState):
    """A device gives each passkey an id of its own."""

    code = "passkey_known"
    title = "This passkey is registered already"


class PasskeyNotFound(NotFound):
    """No such passkey, or somebody else's."""

    code = "passkey_not_found"
    title = "There is no such passkey, or it is not yours"


class TooManyPasskeys(WrongState):
    """A bound, because every one is named in each sign-in."""

    code = "too_many_passkeys"
    title = "You have too many passkeys; remove one first"


class SessionEnded(Forbidden):
    """Signed out, idle for too long, too old, or ended because a refresh token was used twice."""

    code = "session_ended"
    title = "This session has ended; please sign in again"


class RefreshRefused(Forbidden):
    """The refresh token was not made by us."""

    code = "refresh_token_refused"
    title = "This refresh token is not valid"


class SessionNotFound(NotFound):
    """No such session, or somebody else's."""

    code = "session_not_found"
    title = "There is no such session, or it is not yours"


class CompanyNotActive(Forbidden):
    """The sign-in is right, but the company is closed."""

    code = "company_not_active"
    title = "This company's account is not active"


class ApiKeyRefused(Forbidden):
    """Unknown, mistyped or revoked: one answer for all."""

    code = "api_key_refused"
    title = "This API key is not valid"


class ExpiryPast(Invalid):
    """A key that would never work."""

    code = "expiry_past"
    title = "The moment at which the key ends is over already"


class ScopesNotYours(Forbidden):
    """A key can do at most what its maker can do."""

    code = "scopes_not_yours"
    title = "A key cannot have scopes that you do not have"


class CompanyMoveRefused(WrongState):
    """The company's state does not allow the move."""

    code = "company_state"
    title = "The state of the company does not allow this"


class SellerMoveRefused(WrongState):
    """The seller's state does not allow the move."""

    code = "seller_state"
    title = "The state of the seller's application does not allow this"


class RequirementsOpen(WrongState):
    """Something that the step needs is missing or was refused; `requirements` lists it with what to do."""

    code = "requirements_open"
    title = "Something is still missing in the seller's application"


class DocumentNotFound(NotFound):
    """No such document, or another company's."""

    code = "document_not_found"
    title = "There is no such document, or it is not yours"


class DocumentMoveRefused(WrongState):
    """It was decided about, has expired, or a newer one has taken its place."""

    code = "document_state"
    title = "The state of the document does not allow this"


class DocumentExpiryPast(Invalid):
    """A document is accepted while it holds."""

    code = "document_expired"
    title = "This document is not valid any more"


class TooManyDocuments(WrongState):
    """So many files are no honest seller's."""

    code = "too_many_documents"
    title = "There are too many documents in this case already"


class FileTooLarge(Invalid):
    """A scan of a document needs no more."""

    code = "file_too_large"
    title = "This file is too large"


class FileTypeRefused(Invalid):
    """The content is no PDF, PNG or JPEG, or something else too."""

    code = "file_type_refused"
    title = "Only PDF, PNG and JPEG files are taken"


class FileNotReadable(Invalid):
    """It begins like one of the types that are taken, but cannot be read to its end."""

    code = "file_not_readable"
    title = "This file cannot be read"


class FileActive(Invalid):
    """A PDF that is encrypted, runs scripts, opens programs or carries other files."""

    code = "file_active"
    title = "This PDF is locked, or does more than show pages; print it to a plain PDF"


class OwnersWrong(Invalid):
    """Beneficial owners have 25 % or more, together at most the whole; else the legal representative is named."""

    code = "owners_wrong"
    title = "The beneficial owners cannot be like this"


class TaxDataWrong(Invalid):
    """DAC7 asks different things of companies and natural persons."""

    code = "tax_data_wrong"
    title = "The tax data cannot be like this"


class ReturnAddressesWrong(Invalid):
    """One address per country that goods are shipped from."""

    code = "return_addresses_wrong"
    title = "There is one return address for each country you ship from"


class PayoutHolderMissing(Invalid):
    """A bank account has a holder; a new account is named with its holder."""

    code = "payout_holder_missing"
    title = "Name the holder of the bank account together with its IBAN"


class MandateNotSigned(WrongState):
    """The mandate was taken back, or is of an older text: the seller has to sign first."""

    code = "mandate_not_signed"
    title = "The seller has to sign the invoicing mandate first"


class MandateTextDiffers(Invalid):
    """The hash of what was read is not that of the text to be signed."""

    code = "mandate_text_differs"
    title = "The text you have read is not the one to be signed; read it again"


class MandateNotAccepted(Invalid):
    """Without acceptance there is no mandate."""

    code = "mandate_not_accepted"
    title = "The invoicing mandate must be accepted"


class MandateVersionUnknown(Invalid):
    """Only the current text can be signed."""

    code = "mandate_version_unknown"
    title = "This is not the current version of the invoicing mandate"


class VatNumberRefusedByRegister(WrongState):
    """VIES said clearly that one of the numbers is not valid; "does not answer" is not that."""

    code = "vat_number_refused_by_register"
    title = "A VAT number of the seller is not valid according to the register"


class RegisterUnavailable(Unavailable):
    """VIES, or the member state behind it, does not answer."""

    code = "vat_register_unavailable"
    title = "The VAT register does not answer at the moment"


class NameMisleading(Invalid):
    """Letters of several scripts in one word, or signs that nobody sees: it could be taken for another name."""

    code = "name_misleading"
    title = "This text could be taken for another one"


class CountryFixed(Invalid):
    """Another country is another company: other registers, other VAT, another market."""

    code = "country_cannot_change"
    title = "A company cannot move to another country; sign up anew there"


class LanguageNotOffered(Invalid):
    """The markets of the company are not written in this language."""

    code = "language_not_offered"
    title = "Your market does not offer this language"


class SupportOnly(Forbidden):
    """Policy `accounts.support_only_fields`; `fields` names what was refused."""

    code = "support_only"
    title = "Only support can change this; ask for it with POST /v1/company/change-requests"


class NothingToChange(Invalid):
    """A request for what is so already would keep the operator busy for nothing."""

    code = "nothing_to_change"
    title = "The company's data is like this already"


class ChangeRequestNotFound(NotFound):
    """No such request, or another company's."""

    code = "change_request_not_found"
    title = "There is no such change request, or it is not yours"


class ChangeRequestOpen(WrongState):
    """One at a time, so that the operator never decides about an outdated one."""

    code = "change_request_open"
    title = "Another change request is still open"


class ChangeRequestMoveRefused(WrongState):
    """It has been decided, or taken back."""

    code = "change_request_state"
    title = "This change request is no longer open"


class RoleUnknown(Invalid):
    """Roles differ between buyers and sellers; `roles` names those there are."""

    code = "role_unknown"
    title = "Companies of this kind do not have this role"


class PersonMoveRefused(WrongState):
    """Who has not activated the account yet, or has left, has no role to change."""

    code = "person_state"
    title = "The state of this person's account does not allow this"


class FinanceSigns(Forbidden):
    """The second signature under another bank account is finance's."""

    code = "finance_signs"
    title = "The second signature under another bank account is given by finance"


class SupportDecides(Forbidden):
    """Finance looks at bank accounts, not at names and addresses."""

    code = "support_decides"
    title = "This change is support's to decide"


class EnvironmentsOwner(WrongState):
    """Whoever sets the environment of the platform must never find its door closed."""

    code = "environments_owner"
    title = "This person is an owner because the platform's environment says so"


class LastOwner(WrongState):
    """Somebody has to be able to act for the company."""

    code = "last_owner"
    title = "A company keeps at least one owner; make somebody else an owner first"


class InvitationNotFound(NotFound):
    """No such invitation, or another company's."""

    code = "invitation_not_found"
    title = "There is no such invitation, or it is not yours"


class InvitationMoveRefused(WrongState):
    """It was accepted, or taken back."""

    code = "invitation_state"
    title = "This invitation is no longer open"


class InvitationOpen(WrongState):
    """The same address was invited already, and has not answered."""

    code = "invitation_open"
    title = "This address has an open invitation; send that one again"


class PersonInCompany(WrongState):
    """The address is that of one of the company's own people."""

    code = "person_in_company"
    title = "This person is in your company already"


class InvitationMailTooSoon(WrongState):
    """A mail a minute is enough."""

    code = "invitation_mail_too_soon"
    title = "The invitation was mailed a moment ago; wait a minute"


class TooManyInvitations(WrongState):
    """So many open invitations are no honest company's."""

    code = "too_many_invitations"
    title = "Too many invitations are open; take some back first"


class InvitationLinkInvalid(Invalid):
    """The token was not made by us, was taken back, or a newer mail has replaced it."""

    code = "invitation_link_invalid"
    title = "This invitation does not work any more"


class InvitationLinkExpired(WrongState):
    """The link works as long as an activation link (72 hours)."""

    code = "invitation_link_expired"
    title = "This invitation has expired; ask your company to send it again"


class InvitationLinkUsed(WrongState):
    """A link works once."""

    code = "invitation_link_used"
    title = "This invitation was accepted already; please sign in"


class NotABuyer(NotFound):
    """Sellers and the operator buy nothing, so there are no rules of theirs."""

    code = "not_a_buyer"
    title = "Only buyers have purchasing rules"


class CostCentreWrong(Invalid):
    """A code names one cost centre."""

    code = "cost_centre_wrong"
    title = "The cost centres do not fit together"


class SpendingLimitWrong(Invalid):
    """For whom, how much and in which currency must fit the company and its market."""

    code = "spending_limit_wrong"
    title = "A spending limit cannot be obeyed like this"


class ApprovalStepWrong(Invalid):
    """Each step has people who may approve: owners and approvers."""

    code = "approval_step_wrong"
    title = "A step of the approval cannot be taken by these people"


class DelegationWrong(Invalid):
    """From an approver to another one, for a while."""

    code = "delegation_wrong"
    title = "A delegation is not possible like this"


class ErasureNotFound(NotFound):
    """No such erasure."""

    code = "erasure_not_found"
    title = "There is no such erasure"


class ErasureMoveRefused(WrongState):
    """It is done."""

    code = "erasure_state"
    title = "The erasure is done already"


class HolderUnknown(Invalid):
    """Only those who keep personal data confirm that they have erased it."""

    code = "holder_unknown"
    title = "This is no holder of personal data"


class BusinessOpen(WrongState):
    """Orders, money or returns of the company are not finished; `open` lists them."""

    code = "open_business"
    title = "Something is still open: finish it first, then close the account"


class BusinessUnknown(Unavailable):
    """A service that might know of something open does not answer."""

    code = "open_business_unknown"
    title = "Whether something is still open cannot be found out at the moment"


class ExportNotFound(NotFound):
    """No such export, or somebody else's."""

    code = "export_not_found"
    title = "There is no such export, or it is not yours"


class ExportMoveRefused(WrongState):
    """It is ready, or gone."""

    code = "export_state"
    title = "The state of the export does not allow this"


class ExportNotReady(WrongState):
    """Not every service has answered yet."""

    code = "export_not_ready"
    title = "The archive is still being gathered; you get a mail when it is ready"


class ExportGone(WrongState):
    """It was there for a week."""

    code = "export_gone"
    title = "The archive has been removed; ask for a new one"
