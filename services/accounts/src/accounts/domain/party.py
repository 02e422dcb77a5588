"""The party snapshot: what other services keep of a company to write on papers, mails and payouts."""

from typing import Any

from accounts.domain.company import Company, CompanyState
from accounts.domain.seller import Seller
from accounts.domain.values import Address, VatNumber

# Scheme ids of ISO 6523 for registration numbers, as e-invoices name them (BT-30-1); other registers have none.
_SCHEMES = {"FR": "0002", "NL": "0106", "DK": "0184", "BE": "0208", "FI": "0212"}

Json = dict[str, Any]


def party_of(company: Company, seller: Seller | None) -> Json:
    """JSON-ready. `version` is the company's; `vat_evidence` is about the number of its own country, or null.

    `vat_checks` has the same by country for companies with several numbers. `payout`, `return_address`, `support_phone`
    and `invoice_prefix` are null for who is no seller, and for whoever has not told them yet; `return_addresses` has them by
    country. While `payouts_held` is true nothing is paid out. Times are RFC 3339 in UTC.
    """
    checks = {vat.country: _evidence(vat) for vat in company.vat_numbers}
    return {
        "company_id": str(company.id),
        "version": company.version,
        "kind": str(company.kind),
        "state": str(company.state),
        "market": company.market,
        "markets": _markets(company, seller),
        "legal_name": company.legal_name,
        "legal_form": company.legal_form,
        "share_capital": company.share_capital,
        "country": company.country,
        "registration_number": company.registration_number,
        "registration_scheme": _SCHEMES.get(company.country),
        "vat_numbers": {vat.country: vat.number for vat in company.vat_numbers},
        "vat_evidence": checks.get(company.country),
        "vat_checks": checks,
        "address": _address(company.address),
        "language": company.language,
        "contacts": _contacts(company),
        "payout": _payout(seller) if seller else None,
        "payouts_held": seller.payouts_held if seller else False,
        "regimes": [str(regime) for regime in seller.regimes] if seller else None,
        "return_address": _address(seller.return_address) if seller and seller.return_address else None,
        "return_addresses": _by_country(seller.all_return_addresses) if seller else None,
        "support_phone": seller.support_phone if seller else None,
        "invoice_prefix": seller.invoice_prefix if seller else None,
    }


def _markets(company: Company, seller: Seller | None) -> list[str]:
    if seller is not None:
        return list(seller.markets)
    return [company.market] if company.market else []


def _payout(seller: Seller) -> Json | None:
    if seller.payout_iban is None or seller.payout_holder is None:
        return None
    return {"iban": seller.payout_iban, "holder_name": seller.payout_holder}


def _by_country(addresses: tuple[Address, ...]) -> Json:
    return {address.country: _address(address) for address in addresses}


def _evidence(vat: VatNumber) -> Json:
    answer = vat.answer
    return {
        "vat_number": vat.number,
        "status": str(vat.status),
        "name": answer.name if answer else None,
        "consultation_number": answer.consultation_number if answer else None,
        "checked_at": answer.checked_at.isoformat().replace("+00:00", "Z") if answer else None,
    }


def _contacts(company: Company) -> list[Json]:
    if company.state is CompanyState.ERASED:
        return []
    return [{"role": "main", "email": company.contact.email, "name": company.contact.name}]


def _address(address: Address) -> Json:
    return {
        "street": address.street,
        "postal_code": address.postal_code,
        "city": address.city,
        "country": address.country,
    }
