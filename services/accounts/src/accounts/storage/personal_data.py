"""What accounts keeps of companies and people, table by table; their own rows are blanked by the domain."""

from chassis.db.personal_data import Holding, PersonalData

_OF_COMPANY = "company_id = :company_id"
_PEOPLE = "(select id from users where company_id = :company_id)"
_ADDRESS = "(select email from users where id = :person_id)"
_HASH_OF = "encode(sha256(convert_to(email, 'UTF8')), 'hex')"
_ERASED = "'erased'"
# No mail reaches it, and it is no other one's.
_NOBODY = "id || '@erased.invalid'"

PERSONAL_DATA = PersonalData(
    (
        # Answers that were given once name whoever they were about; a sign-up's tenant is no company yet.
        Holding(
            "receipts",
            of_company="exists (select from users u where u.company_id = :company_id and strpos(body::text, u.email) > 0)",
            of_person="exists (select from users u where u.id = :person_id and (strpos(body::text, u.email) > 0 "
            "or strpos(body::text, to_jsonb(u.name)::text) > 0))",
            plain="tenant key fingerprint headers body",
            exported=False,
            delete=True,
            delete_of_person=True,
        ),
        Holding(
            "sign_in_attempts",
            of_company=f"address_hash in (select {_HASH_OF} from users where company_id = :company_id)",
            of_person=f"address_hash in (select {_HASH_OF} from users where id = :person_id)",
            plain="address_hash source",
            delete=True,
            delete_of_person=True,
        ),
        # The number that an errand asked the register about.
        Holding(
            "timers",
            of_company="payload->>'company_id' = cast(cast(:company_id as uuid) as text)",
            plain="kind state error",
            erase={
                "payload": "payload - 'number'",
                "state": "case when state = 'open' then 'cancelled' else state end",
            },
            exported=False,
        ),
        Holding(
            "sessions",
            of_company=_OF_COMPANY,
            of_person="user_id = :person_id",
            erase={"network": "null", "agent": "null"},
            erase_of_person={"network": "null", "agent": "null"},
        ),
        Holding(
            "second_factors",
            of_company=f"id in {_PEOPLE}",
            of_person="id = :person_id",
            plain="authenticator",
            unshown="secret recovery_hashes",
            delete=True,
            delete_of_person=True,
        ),
        Holding(
            "passkeys",
            of_company=f"user_id in {_PEOPLE}",
            of_person="user_id = :person_id",
            plain="name",
            unshown="credential_id public_key",
            delete=True,
            delete_of_person=True,
        ),
        Holding("spent_challenges"),
        Holding(
            "email_changes",
            of_company=_OF_COMPANY,
            of_person="user_id = :person_id",
            plain="state",
            unshown="link",
            erase=(
                _GONE_CHANGE := {
                    "email": _NOBODY,
                    "link": "null",
                    "state": "case when state in ('asked', 'granted') then 'replaced' else state end",
                    "version": "version + 1",
                }
            ),
            erase_of_person=_GONE_CHANGE,
        ),
        Holding(
            "invitations",
            of_company=_OF_COMPANY,
            of_person=f"email = {_ADDRESS}",
            plain="state role",
            unshown="link",
            erase=(
                _GONE_INVITATION := {
                    "email": _NOBODY,
                    "name": _ERASED,
                    "link": 'link || \'{"nonce": ""}\'::jsonb',
                    "state": "case when state = 'open' then 'withdrawn' else state end",
                    "version": "version + 1",
                }
            ),
            erase_of_person=_GONE_INVITATION,
        ),
        Holding(
            "change_requests",
            of_company=_OF_COMPANY,
            of_person="asked_by = :person_id",
            plain="state reason",
            erase={"change": "'{}'", "note": _ERASED, "next_step": "null", "payout": "null"},
        ),
        # Before the rows that name them. What another seller uploaded too is that one's.
        Holding(
            "document_files",
            of_company="sha256 in (select sha256 from seller_documents where seller_id = :company_id) and sha256 not in "
            "(select sha256 from seller_documents where seller_id <> :company_id)",
            plain="sha256",
            files="content",
            delete=True,
        ),
        Holding(
            "seller_documents",
            of_company="seller_id = :company_id",
            plain="kind state file_name media_type sha256 reason next_step",
            delete=True,
        ),
        # The proof that invoices in the seller's name were issued by mandate: kept as long as they are.
        Holding(
            "mandate_acts",
            of_company="seller_id = :company_id",
            plain="act version sha256",
            kept="signatory",
            erase_when_over={"signatory": _ERASED},
        ),
        Holding("purchasing_rules", of_company="id = :company_id", plain="rules", delete=True),
        Holding(
            "sellers",
            of_company="id = :company_id",
            plain="state markets regimes invoice_prefix reason ship_from tax_request",
            # Tax law wants what was reported kept for five years at least (Directive 2011/16/EU, annex V, section III B).
            kept="mandate tax",
            erase_when_over={"mandate": "null", "tax": "null"},
            erase={
                "payout_iban": _ERASED,
                "payout_holder": _ERASED,
                "return_address": 'return_address || \'{"street": "erased", "postal_code": "", "city": "erased"}\'::jsonb',
                "support_phone": _ERASED,
                "answer": "null",
                "next_step": "null",
                "return_addresses": "'[]'",
                "owners": "null",
            },
        ),
        Holding(
            "api_keys",
            of_company=_OF_COMPANY,
            plain="kind market scopes last_four",
            unshown="hash",
            erase={"name": _ERASED},
        ),
        # The proof of a sale without VAT: kept as long as the invoices it belongs to.
        Holding(
            "vat_evidence",
            of_company=_OF_COMPANY,
            plain="status consultation_number",
            kept="number name",
            erase_when_over={"number": "''", "name": "null", "consultation_number": "null"},
        ),
        Holding(
            "users",
            of_company=_OF_COMPANY,
            of_person="id = :person_id",
            plain="kind state role",
            unshown="password_hash link password_link",
            by_domain="email name",
        ),
        Holding(
            "companies",
            of_company="id = :company_id",
            plain="kind state market country language legal_form",
            by_domain="legal_name registration_number vat_numbers address contact share_capital",
        ),
        Holding(
            "data_exports",
            of_company=_OF_COMPANY,
            of_person="user_id = :person_id or asked_by = :person_id",
            plain="state",
            files="archive",
            erase=(_NO_ARCHIVE := {"archive": "null", "state": "'gone'", "version": "version + 1"}),
            erase_of_person=_NO_ARCHIVE,
            exported=False,
        ),
        Holding(
            "erasures", of_company=_OF_COMPANY, of_person="user_id = :person_id", plain="state cause confirmations"
        ),
        Holding("revocations", of_company=f"subject_id = :company_id or subject_id in {_PEOPLE}", plain="kind"),
        Holding("signing_keys", plain="kid private_jwk"),
    )
)
