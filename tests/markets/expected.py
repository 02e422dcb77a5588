"""The policy table as its five sources state it, transcribed by hand and on purpose not read from `markets/`.

A row is a rule that the machine obeys. `said` has the words of the shop a market is modelled on; where a shop is silent the base
value holds. `values` say what every key of the row must be in the loaded packs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

FR, BE, DK, UK, NL = MARKETS = ("fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market")
EVERYWHERE = "everywhere"

Seen = Callable[[Any], Any]


def as_it_is(value: Any) -> Any:
    """Most values compare as they are."""
    return value


def codes(scale: Any) -> tuple[str, ...]:
    """Of a scale only the codes in their order."""
    return tuple(grade["code"] for grade in scale)


def trust_tiers(value: Any) -> Any:
    """Tiers as name, paid orders (None where an operator grants it), value, units, both shares and what is free."""
    return tuple(
        (
            one["name"],
            None if one["granted_only"] else one["after_paid_orders"],
            one["value_max_minor"],
            one["units_max"],
            one["offer_share_percent"],
            one["seller_share_percent"],
            one["share_counts_above_units"],
        )
        for one in value
    )


def carrier_fees(fees: Any) -> tuple[tuple[str, int, str], ...]:
    """Carrier, minor units, currency."""
    return tuple((fee["carrier"], fee["minor"], fee["currency"]) for fee in fees)


def plausible_prices(bounds: Any) -> tuple[tuple[str, str, int, int], ...]:
    """Category, currency, least and most in minor units."""
    return tuple((one["category"], one["currency"], one["least_minor"], one["most_minor"]) for one in bounds)


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as packs hold it."""
    return {"minor": minor, "currency": currency}


@dataclass(frozen=True)
class Value:
    """What a key is where the shop is `silent`, and what its `own` value is in the markets that say something."""

    silent: Any = None
    own: Mapping[str, Any] = field(default_factory=dict)
    seen: Seen = as_it_is

    def in_market(self, market: str) -> Any:
        """The value that must be there."""
        return self.own.get(market, self.silent)


@dataclass(frozen=True)
class Row:
    """One row of the table; `kind` is M where only the machine obeys it, MT where texts tell it too."""

    id: str
    title: str
    kind: str
    said: Mapping[str, str]
    values: Mapping[str, Value]


TABLE: tuple[Row, ...] = (
    Row(
        "A1",
        "model",
        "M",
        said={
            FR: "marketplace intermediary, not party to the sale",
            BE: "single seller",
            DK: "single seller",
            UK: "single seller",
            NL: "marketplace + seller",
        },
        values={
            "identity.is_default": Value(False, {FR: True}),
            "identity.model": Value("marketplace", {BE: "single_seller", DK: "single_seller", UK: "single_seller"}),
        },
    ),
    Row(
        "A3",
        "customers",
        "M",
        said={
            FR: "registered professionals only",
            BE: "consumers + business form",
            DK: "consumers + companies, same terms unless agreed otherwise",
            UK: "consumer and business, different rights",
            NL: "account holders",
        },
        values={
            "accounts.customers": Value(("business",)),
        },
    ),
    Row(
        "A4",
        "account to order",
        "M",
        said={FR: "required", DK: "optional profile", NL: "required for claims"},
        values={
            "accounts.required_to_order": Value(True, {DK: False}),
            "accounts.required_to_claim": Value(True),
        },
    ),
    Row(
        "A5",
        "account edits",
        "M",
        said={FR: "e-mail/address/VAT via support only"},
        values={
            "accounts.support_only_fields": Value(("email", "address", "vat_number")),
        },
    ),
    Row(
        "A6",
        "support reply",
        "MT",
        said={
            FR: "≤ 1 bd; calls Mon–Fri 9–17",
            BE: "e-mail/phone/WhatsApp",
            DK: "e-mail preferred",
            UK: "phone/e-mail",
            NL: "via account",
        },
        values={
            "support.reply_business_days": Value(1),
            "support.channels": Value(
                ("account", "email", "phone"),
                {BE: ("email", "phone", "whatsapp"), DK: ("email", "phone"), UK: ("phone", "email"), NL: ("account",)},
            ),
            "support.phone_weekdays": Value(("monday", "tuesday", "wednesday", "thursday", "friday")),
            "support.phone_from": Value(time(9)),
            "support.phone_until": Value(time(17)),
        },
    ),
    Row(
        "A7",
        "data kept",
        "M",
        said={FR: "until request", BE: "GDPR", DK: "5 y after last purchase, then auto-erased", UK: "privacy policy"},
        values={
            "accounts.erasure": Value("on_request", {DK: "years_after_last_purchase"}),
            "accounts.erasure_years": Value(5),
            "documents.kept_years": Value(10, {DK: 5, UK: 6, NL: 7}),
        },
    ),
    Row(
        "B1",
        "grades",
        "M",
        said={
            FR: "by page",
            BE: "New, A+, A, Visible signs of use",
            DK: "grade drives battery floor",
            NL: "Premium, Uitstekend, Goed, Oké",
        },
        values={
            "grades.scale": Value(
                ("premium", "excellent", "good", "fair"), {BE: ("new", "a_plus", "a", "visible_signs")}, seen=codes
            ),
        },
    ),
    Row(
        "B2",
        "battery floor",
        "M",
        said={
            FR: "≥ 85 % SoH on receipt, else battery replaced (sellers: > 85 %) ; worn < 80 %; good < 500 cycles (info)",
            DK: "per grade, guaranteed 12 m",
            UK: "not tested nor warranted",
        },
        values={
            "battery.floor_guaranteed": Value(True, {UK: False}),
            "battery.floor_percent_by_grade": Value(
                {"premium": 85, "excellent": 85, "good": 85, "fair": 85},
                {
                    BE: {"new": 85, "a_plus": 85, "a": 85, "visible_signs": 85},
                    DK: {"premium": 90, "excellent": 85, "good": 85, "fair": 80},
                },
            ),
            "battery.floor_holds_months": Value(0, {DK: 12}),
            "battery.below_floor_remedy": Value("replace_battery", {UK: "none"}),
            "battery.worn_below_percent": Value(80),
            "battery.good_cycles_below": Value(500),
        },
    ),
    Row(
        "B3",
        "accessories",
        "M",
        said={
            FR: "new, compatible, mostly not OEM; phone: cable, no plug/earphones; laptop: charger always",
            BE: "keyboard may be replaced/stickered",
            DK: '"necessary accessories"',
            UK: "as described",
        },
        values={
            "accessories.rule": Value("listed_set", {UK: "as_described"}),
            "accessories.required": Value(
                {
                    "smartphone": ("cable",),
                    "tablet": ("cable",),
                    "laptop": ("charger",),
                    "desktop": ("power_cable",),
                    "monitor": ("power_cable", "video_cable"),
                }
            ),
            "accessories.original": Value(False),
            "accessories.keyboard_may_be_replaced": Value(False, {BE: True}),
        },
    ),
    Row(
        "B5",
        "water resistance",
        "MT",
        said={FR: "not kept; water damage voids warranty", BE: "water damage excluded"},
        values={
            "warranty.water_resistance_kept": Value(False),
        },
    ),
    Row(
        "B7",
        "stock meaning",
        "M",
        said={FR: "ready to ship within 1 bd", BE: "stock varies", DK: "out-of-stock reserved", UK: "may refuse"},
        values={
            "offers.stock_ships_within_business_days": Value(1),
            "offers.stock_is_binding": Value(True, {BE: False, DK: False, UK: False}),
        },
    ),
    Row(
        "B8",
        "price basis",
        "M",
        said={FR: "VAT shown on invoice by territory", DK: "incl. 25 % DK VAT, in EUR", UK: "incl. VAT"},
        values={
            "prices.basis": Value("net", {DK: "gross", UK: "gross"}),
            "prices.vat_country": Value(own={FR: "FR", BE: "BE", DK: "DK", UK: "GB", NL: "NL"}),
        },
    ),
    Row(
        "B9",
        "price error",
        "MT",
        said={
            DK: "obvious error: no delivery duty",
            UK: "real price lower → charge lower; higher → ask before acceptance; obvious after → end, refund, return goods",
        },
        values={
            "prices.obvious_error_voids_order": Value(False, {DK: True, UK: True}),
            "prices.lower_real_price_charged": Value(False, {UK: True}),
            "prices.higher_real_price": Value("shown_price_holds", {UK: "ask_buyer_before_acceptance"}),
        },
    ),
    Row(
        "B10",
        "VAT rate change",
        "M",
        said={UK: "rate at supply, unless paid in full before"},
        values={
            "vat.rate_at": Value("supply", {UK: "supply_unless_paid_in_full"}),
        },
    ),
    Row(
        "B11",
        "discount codes",
        "M",
        said={DK: "not combinable"},
        values={
            "discounts.combinable": Value(True, {DK: False}),
        },
    ),
    Row(
        "C1",
        "contract forms",
        "M",
        said={
            FR: "confirmation mail + visible in account",
            BE: "confirmation mail",
            DK: "order confirmation",
            UK: "acceptance e-mail + order no.",
        },
        values={
            "contract.formed_by": Value("confirmation", {UK: "acceptance"}),
            "contract.acceptance": Value("automatic", {UK: "manual"}),
            "contract.acceptance_business_days": Value(1),
        },
    ),
    Row(
        "C2",
        "refusal reasons",
        "M",
        said={DK: "out of stock", UK: "stock, credit reference, price error, deadline"},
        values={
            "contract.refusal_reasons": Value(
                ("out_of_stock",), {UK: ("out_of_stock", "credit_reference", "price_error", "deadline")}
            ),
        },
    ),
    Row(
        "C3",
        "payment hold",
        "M",
        said={
            FR: "5 bd from order date, then auto-cancel",
            BE: "pay at checkout",
            DK: "pre-authorisation/receipt before processing",
            UK: "paid in full before dispatch",
        },
        values={
            "hold.business_days": Value(5),
            "hold.reminder_business_days": Value((2, 4)),
            "hold.trust_tiers": Value(
                (
                    ("new", 0, 100_000_000, 2_000, 50, 50, 100),
                    ("known", 3, 250_000_000, 5_000, 75, 75, 200),
                    ("trusted", None, 500_000_000, 10_000, 100, 100, 500),
                ),
                seen=trust_tiers,
            ),
            "hold.payment_due": Value(
                "within_hold", {BE: "at_checkout", DK: "before_processing", UK: "before_dispatch"}
            ),
        },
    ),
    Row(
        "C4",
        "payment default",
        "M",
        said={FR: "auto-cancel", UK: "end contract if unpaid 7 d after reminder"},
        values={
            "hold.on_default": Value("cancel_at_deadline", {UK: "end_after_reminder"}),
            "hold.end_days_after_reminder": Value(7),
        },
    ),
    Row(
        "C5",
        "cancel",
        "M",
        said={
            FR: "self-service only while awaiting payment; paid = exception",
            BE: "until processed by shipping staff (track & trace mail ends it)",
            DK: "withdrawal only",
            UK: "change request, new price/time to confirm",
        },
        values={
            "cancellation.while_unpaid": Value("self_service", {DK: "withdrawal_only", UK: "change_request"}),
            "cancellation.while_paid": Value(
                "seller_consent", {BE: "self_service_until_shipment", DK: "withdrawal_only", UK: "change_request"}
            ),
            "cancellation.answer_business_days": Value(1),
        },
    ),
    Row(
        "C6",
        "address change",
        "M",
        said={
            FR: "if unshipped, answer ≤ 24 working hours",
            BE: "before shipping",
            DK: "re-invoicing DKK 100",
            UK: "change request",
        },
        values={
            "address_change.until": Value("shipment"),
            "address_change.how": Value("seller_is_asked", {UK: "change_request"}),
            "address_change.answer_business_days": Value(1),
            "address_change.unanswered": Value("refused"),
            "fees.reinvoicing": Value(money(0, "EUR"), {DK: money(10000, "DKK")}),
        },
    ),
    Row(
        "C7",
        "bulk",
        "M",
        said={FR: "> 20 pieces or changed specs: 1–2 weeks; negotiated prices", BE: "business form"},
        values={
            "quotes.enabled": Value(True),
            "quotes.asked_by": Value("quote_request", {BE: "business_form"}),
            "quotes.bulk_above_pieces": Value(20),
            "quotes.bulk_lead_days_least": Value(7),
            "quotes.bulk_lead_days_most": Value(14),
            "quotes.price_negotiable": Value(True),
        },
    ),
    Row(
        "C8",
        "quote categories",
        "M",
        said={FR: "phones, tablets, laptops, desktops, monitors", BE: "devices on request"},
        values={
            "quotes.categories": Value(
                ("smartphone", "tablet", "laptop", "desktop", "monitor"),
                {BE: ("smartphone", "tablet", "laptop", "desktop", "monitor", "watch", "console", "accessory")},
            ),
        },
    ),
    Row(
        "C9",
        "countries delivered",
        "M",
        said={
            FR: "FR (no DOM-TOM), ES, DE, IT, BE, AT, NL, FI, PT, US",
            BE: "BE, NL, DE, FR, LU",
            DK: "DK + others by carrier; outside EU customs/VAT on recipient",
            UK: "UK + Ireland only",
            NL: "NL",
        },
        values={
            "prices.countries": Value(
                own={
                    FR: ("FR", "ES", "DE", "IT", "BE", "AT", "NL", "FI", "PT", "US"),
                    BE: ("BE", "NL", "DE", "FR", "LU"),
                    DK: ("DK", "DE", "NL", "BE", "LU", "FR", "AT", "FI", "SE", "ES", "IT", "PT", "IE", "PL", "GB"),
                    UK: ("GB", "IE"),
                    NL: ("NL",),
                }
            ),
            "delivery.countries": Value(
                own={
                    FR: ("FR", "ES", "DE", "IT", "BE", "AT", "NL", "FI", "PT", "US"),
                    BE: ("BE", "NL", "DE", "FR", "LU"),
                    DK: ("DK", "DE", "NL", "BE", "LU", "FR", "AT", "FI", "SE", "ES", "IT", "PT", "IE", "PL", "GB"),
                    UK: ("GB", "IE"),
                    NL: ("NL",),
                }
            ),
            "delivery.customs_on_recipient": Value(False, {DK: True}),
        },
    ),
    Row(
        "C10",
        "seller-side change / withdrawal of goods",
        "MT",
        said={
            FR: "stock-out: automatic refund",
            DK: "informed of delay/backorder",
            UK: "minor changes allowed; if use affected buyer may end; "
            "withdrawn goods: prepaid sums refunded; delay outside control no liability",
        },
        values={
            "seller_changes.on_stock_out": Value("refund", {DK: "inform_of_delay"}),
            "seller_changes.minor_changes_allowed": Value(False, {UK: True}),
            "seller_changes.buyer_may_end_if_use_affected": Value(True),
            "seller_changes.withdrawn_goods_refunded": Value(True),
        },
    ),
    Row(
        "D1",
        "tenders",
        "M",
        said={
            FR: "card 3DS (all products), transfer to vIBAN",
            BE: "several; ecocheques Monizze, Edenred (MultiSafepay)",
            DK: "Dankort/Visa/MC, MobilePay (DK), e-invoice with EAN, ViaBill (DK, 4–24 instalments), company credit account",
        },
        values={
            "tenders.accepted": Value(
                ("card", "bank_transfer"),
                {
                    BE: ("card", "bank_transfer", "eco_voucher"),
                    DK: ("card", "mobilepay", "ean_invoice", "instalments", "credit_account", "bank_transfer"),
                },
            ),
            "tenders.countries": Value({}, {DK: {"mobilepay": ("DK",), "instalments": ("DK",)}}),
            "tenders.eco_voucher_issuers": Value((), {BE: ("monizze", "edenred")}),
            "tenders.instalments_least": Value(4),
            "tenders.instalments_most": Value(24),
            "tenders.credit_days": Value(30),
            "tenders.three_d_secure_required": Value(True),
        },
    ),
    Row(
        "D2",
        "refused",
        "M",
        said={
            FR: "deferred 30/60 d, mandat administratif, cheque, cash",
            DK: "— (return parcels sent cash on delivery are refused)",
        },
        values={
            "tenders.refused": Value(
                ("deferred_payment", "administrative_mandate", "cheque", "cash"),
                {DK: ("administrative_mandate", "cheque", "cash")},
            ),
        },
    ),
    Row(
        "D3",
        "split tender",
        "M",
        said={BE: "ecocheque first, rest by other method"},
        values={
            "tenders.split_allowed": Value(False, {BE: True}),
            "tenders.split_first": Value((), {BE: ("eco_voucher",)}),
        },
    ),
    Row(
        "D4",
        "card capture",
        "M",
        said={
            FR: "before shipment",
            BE: "at checkout",
            DK: "reserved at order, debited at dispatch",
            UK: "before dispatch",
        },
        values={
            "capture.moment": Value("at_once", {DK: "at_dispatch"}),
        },
    ),
    Row(
        "D5",
        "escrow",
        "M",
        said={FR: "PSP collects for the seller; RIB per customer account; paid out per terms"},
        values={
            "escrow.enabled": Value(True),
            "escrow.virtual_account_per": Value("buyer_company"),
        },
    ),
    Row(
        "D6",
        "late interest",
        "M",
        said={FR: "French statutory note", UK: "base rate AIB Group (UK) + 4 % p.a., daily, before and after judgment"},
        values={
            "interest.reference_rate": Value("ecb_main_refinancing", {UK: "uk_bank_rate"}),
            "interest.margin_percent": Value("8.00", {FR: "10.00", UK: "4.00"}),
            "interest.runs_after_judgment": Value(False, {UK: True}),
            "interest.recovery_cost": Value(money(4000, "EUR"), {UK: money(0, "GBP")}),
        },
    ),
    Row(
        "D7",
        "interest in dispute",
        "M",
        said={UK: "not payable until resolved; then on the correct sum from the original due date"},
        values={
            "interest.in_dispute": Value("runs", {UK: "waits_then_from_due_date"}),
        },
    ),
    Row(
        "E1",
        "pre-sale document",
        "M",
        said={
            FR: "bon de commande by mail + account: card link + RIB",
            BE: "confirmation",
            DK: "confirmation",
            UK: "acceptance",
        },
        values={
            "documents.before_sale": Value(
                "purchase_order", {BE: "confirmation", DK: "confirmation", UK: "acceptance"}
            ),
            "documents.shows_payment": Value(("card_link", "virtual_iban")),
        },
    ),
    Row(
        "E2",
        "invoice",
        "M",
        said={
            FR: "automatic at shipment, seller's name, mail + account",
            DK: "extra warranty shown on invoice",
            UK: "dispute promptly",
        },
        values={
            "documents.invoice_at": Value("shipment"),
            "documents.invoice_shows_extra_warranty": Value(False, {DK: True}),
            "documents.buyer_disputes": Value("any_time", {UK: "promptly"}),
        },
    ),
    Row(
        "E3",
        "credit note",
        "M",
        said={FR: "with every refund e-mail"},
        values={
            "documents.credit_note_with_refund": Value(True),
        },
    ),
    Row(
        "E4",
        "VAT",
        "M",
        said={
            FR: "domestic charged; intra-EU with valid VAT no.: none, buyer self-assesses",
            BE: "VAT no. field at checkout",
            DK: "25 %, reverse charge on some products for companies, stated on invoice",
            UK: "incl. VAT",
        },
        values={
            "vat.number_asked_at": Value(("sign_up",), {BE: ("sign_up", "checkout")}),
            "vat.intra_community_exemption": Value(True),
            "vat.domestic_reverse_charge": Value(True),
        },
    ),
    Row(
        "F1",
        "shipping fee",
        "M",
        said={
            FR: "— (per offer)",
            BE: "> 100 € free, < 100 € 12 € (exactly 100.00: free)",
            DK: "shown at checkout per carrier",
            UK: "shown on site",
        },
        values={
            "shipping.fee_rule": Value("per_offer", {BE: "free_from_order_value", DK: "per_carrier"}),
            "shipping.flat_fee": Value(money(0, "EUR"), {BE: money(1200, "EUR")}),
            "shipping.free_from": Value(money(0, "EUR"), {BE: money(10000, "EUR")}),
            "shipping.carrier_fees": Value(
                (), {DK: (("gls", 650, "EUR"), ("dhl", 1490, "EUR"), ("ups", 1590, "EUR"))}, seen=carrier_fees
            ),
        },
    ),
    Row(
        "F2",
        "delivery SLA (max)",
        "M",
        said={
            FR: "3 bd phone/tablet; 4 laptop/MacBook; 5 desktop/monitor",
            BE: '5 working days; large orders or monitors > 34": own transport, appointment, may exceed',
            DK: "dispatch 2–5 working days",
            UK: "as soon as reasonably possible",
        },
        values={
            "shipping.sla_measures": Value("delivery", {DK: "dispatch"}),
            "shipping.sla_business_days": Value(
                {
                    "smartphone": 3,
                    "tablet": 3,
                    "laptop": 4,
                    "desktop": 5,
                    "monitor": 5,
                    "watch": 3,
                    "console": 5,
                    "accessory": 3,
                },
                {
                    BE: {
                        "smartphone": 5,
                        "tablet": 5,
                        "laptop": 5,
                        "desktop": 5,
                        "monitor": 5,
                        "watch": 5,
                        "console": 5,
                        "accessory": 5,
                    },
                    DK: {
                        "smartphone": 5,
                        "tablet": 5,
                        "laptop": 5,
                        "desktop": 5,
                        "monitor": 5,
                        "watch": 5,
                        "console": 5,
                        "accessory": 5,
                    },
                },
            ),
            "shipping.sla_business_days_least": Value(0, {DK: 2}),
            "shipping.sla_binding": Value(True, {UK: False}),
            "shipping.oversize_monitor_above_inches": Value(34),
            "shipping.oversize_by_appointment": Value(False, {BE: True}),
        },
    ),
    Row(
        "F3",
        "cut-off",
        "M",
        said={FR: "13:00 → next bd"},
        values={
            "shipping.cutoff": Value(time(13)),
        },
    ),
    Row(
        "F4",
        "carriers",
        "M",
        said={
            FR: "tracking no. + link",
            BE: "courier, track & trace mail",
            DK: "DHL, GLS, UPS (DK: GLS)",
            NL: "tracking on label",
        },
        values={
            "shipping.carriers": Value((), {DK: ("dhl", "gls", "ups")}),
            "shipping.carriers_by_country": Value({}, {DK: {"DK": ("gls",)}}),
            "shipping.tracking_required": Value(True),
        },
    ),
    Row(
        "F6",
        "failed delivery",
        "MT",
        said={
            DK: "refusing the parcel is not a cancellation",
            UK: "note; storage + redelivery charged; may end contract",
        },
        values={
            "failed_delivery.refusal_cancels": Value(False),
            "failed_delivery.redelivery_charged": Value(False, {UK: True}),
            "failed_delivery.seller_may_end": Value(False, {UK: True}),
        },
    ),
    Row(
        "F8",
        "seller delay",
        "MT",
        said={
            BE: "may be later when busy",
            DK: "informed asap",
            UK: "no liability if outside control; significant delay → cancel + full refund",
        },
        values={
            "cancellation.late_shipment_business_days": Value(2),
            "seller_changes.delay_notice_required": Value(False, {DK: True}),
            "seller_changes.uncontrollable_delay_excused": Value(False, {UK: True}),
            "seller_changes.busy_periods_excused": Value(False, {BE: True}),
        },
    ),
    Row(
        "G1",
        "damage window",
        "M",
        said={FR: '"as soon as possible" + note on label/refusal', NL: "≤ 3 bd after delivery"},
        values={
            "damage.report_business_days": Value(3),
            "damage.reserve_on_delivery_expected": Value(False, {FR: True}),
        },
    ),
    Row(
        "G2",
        "evidence",
        "M",
        said={
            FR: "photos at each opening step",
            BE: "photos/videos of defect",
            DK: "error description",
            NL: "packaging, label, ≥ 3 device photos; keep packaging",
        },
        values={
            "damage.evidence": Value(
                ("packaging_photo", "label_photo", "device_photos"),
                {
                    FR: ("packaging_photo", "label_photo", "device_photos", "opening_photos"),
                    BE: ("defect_media",),
                    DK: ("description",),
                },
            ),
            "damage.device_photos_least": Value(3, {BE: 0, DK: 0}),
            "damage.keep_packaging": Value(True),
        },
    ),
    Row(
        "G3",
        "damage remedy",
        "M",
        said={FR: "seller claims from carrier", NL: "replacement or refund ≤ 3 bd"},
        values={
            "damage.remedies": Value(("replacement", "refund")),
            "damage.remedy_business_days": Value(3),
            "damage.on_timeout": Value("refund"),
            "damage.carrier_claim_by": Value("seller"),
        },
    ),
    Row(
        "H1",
        "withdrawal",
        "M",
        said={
            FR: "none stated",
            BE: "14 d from receipt, unused",
            DK: "14 d from receipt of last item, also business",
            UK: "14 d, consumers only",
        },
        values={
            "withdrawal.enabled": Value(False, {BE: True, DK: True}),
            "withdrawal.days": Value(14),
            "withdrawal.starts": Value("receipt", {DK: "receipt_of_last_item"}),
            "withdrawal.unused_only": Value(False, {BE: True}),
        },
    ),
    Row(
        "H2",
        "send back",
        "M",
        said={BE: "after instructions", DK: "14 d from notice", UK: "14 d from notice"},
        values={
            "withdrawal.send_back_days": Value(14),
            "withdrawal.send_back_starts": Value("notice", {BE: "instructions"}),
        },
    ),
    Row(
        "H3",
        "return cost (withdrawal)",
        "M",
        said={BE: "customer", DK: "seller if its label and notice first, else customer", UK: "customer"},
        values={
            "withdrawal.return_cost_by": Value("buyer", {DK: "seller_if_label_after_notice"}),
        },
    ),
    Row(
        "H4",
        "refund deadline",
        "M",
        said={
            DK: "14 d from notice; may wait for goods/proof",
            UK: "14 d from receipt or proof; else 14 d from notice",
        },
        values={
            "withdrawal.refund_days": Value(14),
            "withdrawal.refund_waits_for_goods": Value(True),
        },
    ),
    Row(
        "H5",
        "delivery cost refunded",
        "M",
        said={DK: "cheapest standard only; none on partial cancel", UK: "least expensive method only"},
        values={
            "withdrawal.delivery_cost_refund": Value("cheapest_standard"),
            "withdrawal.delivery_cost_refund_on_part": Value("cheapest_standard", {DK: "none"}),
        },
    ),
    Row(
        "H6",
        "value deduction",
        "MT",
        said={BE: "unused only", DK: "use beyond testing, missing box", UK: "handling beyond shop (not delivery cost)"},
        values={
            "withdrawal.deductions": Value((), {DK: ("use_beyond_testing", "missing_box")}),
        },
    ),
    Row(
        "I1",
        "warranty months",
        "M",
        said={
            FR: "≥ 12 per offer",
            BE: "12 from delivery",
            DK: "24 (seller bears burden of proof)",
            UK: "business 12 from delivery; consumer 30 d / 6 m / 6 y",
        },
        values={
            "warranty.months": Value(12, {DK: 24}),
            "warranty.offer_may_extend": Value(False, {FR: True}),
            "warranty.burden_of_proof": Value("buyer", {DK: "seller"}),
        },
    ),
    Row(
        "I2",
        "battery / PSU",
        "M",
        said={
            FR: "battery failure covered",
            BE: "unusual degradation covered",
            DK: "12 m, replaced below grade floor / dead PSU",
            UK: "excluded",
        },
        values={
            "warranty.battery": Value("failure", {BE: "unusual_degradation", DK: "below_grade_floor", UK: "excluded"}),
            "warranty.battery_months": Value(12, {UK: 0}),
            "warranty.power_supply_covered": Value(True, {UK: False}),
        },
    ),
    Row(
        "I3",
        "extension",
        "M",
        said={FR: "quote before order", BE: "+ 12 m for a fee", DK: "Totalforsikring (insurance)"},
        values={
            "warranty.extension": Value("none", {FR: "quote_before_order", BE: "for_a_fee", DK: "insurance"}),
            "warranty.extension_months": Value(12),
            "warranty.extension_fee_percent": Value("10.00"),
        },
    ),
    Row(
        "I4",
        "exclusions",
        "MT",
        said={
            FR: "oxidised/broken, opened by third party, abnormal use, neglect, wear, accident",
            BE: "drop, water, improper use",
            DK: "operating error, changes, abuse, third-party software, wrong amperage",
            UK: "wear, wilful damage, neglect, altered, used after notice, software",
        },
        values={
            "warranty.exclusions": Value(
                (
                    "oxidation",
                    "broken",
                    "opened_by_third_party",
                    "abnormal_use",
                    "neglect",
                    "wear",
                    "accident",
                    "water",
                ),
                {
                    BE: ("drop", "water", "abnormal_use"),
                    DK: ("operating_error", "alteration", "abnormal_use", "third_party_software", "wrong_power"),
                    UK: ("wear", "wilful_damage", "neglect", "alteration", "used_after_notice", "software"),
                },
            ),
        },
    ),
    Row(
        "I5",
        "remedy + SLA",
        "M",
        said={
            FR: "repair/replace ≤ 5 bd from receipt, else refund",
            BE: "repair or replacement",
            DK: "repair, exchange, refund, price cut",
            UK: "RBU's option: repair, replace, refund",
            NL: "replace/refund",
        },
        values={
            "warranty.remedies": Value(
                ("repair", "replacement", "refund"),
                {
                    BE: ("repair", "replacement"),
                    DK: ("repair", "replacement", "refund", "price_cut"),
                    NL: ("replacement", "refund"),
                },
            ),
            "warranty.remedy_business_days": Value(5),
        },
    ),
    Row(
        "I6",
        "notice period",
        "M",
        said={
            FR: "in warranty",
            BE: "in 12 m",
            DK: "reasonable; ≤ 2 months always timely",
            UK: "business: written ≤ 7 d after discovery",
        },
        values={
            "warranty.notice": Value("within_warranty", {DK: "reasonable", UK: "days_after_discovery"}),
            "warranty.notice_days": Value(7),
            "warranty.notice_safe_months": Value(2),
        },
    ),
    Row(
        "I7",
        "warranty return cost",
        "M",
        said={
            FR: "prepaid label",
            BE: "free",
            DK: "seller if justified, contact first",
            UK: "business: buyer",
            NL: "return label",
        },
        values={
            "warranty.return_cost_by": Value("seller", {DK: "seller_if_justified", UK: "buyer"}),
            "warranty.return_label_prepaid": Value(True, {UK: False}),
        },
    ),
    Row(
        "I8",
        "return conditions",
        "MT",
        said={
            FR: "IMEI/serial, backup, account logout, invoice in parcel",
            BE: "label + instructions",
            DK: "RMA no. outside or description + invoice + contact; proper packing",
            UK: "original packing, complete, manuals",
        },
        values={
            "returns.conditions": Value(
                ("serial_number", "data_backup", "account_logout", "invoice_in_parcel"),
                {
                    BE: ("label_and_instructions",),
                    DK: ("rma_on_parcel_or_letter", "proper_packing"),
                    UK: ("original_packing", "complete", "manuals"),
                },
            ),
            "returns.cash_on_delivery_refused": Value(False, {DK: True}),
        },
    ),
    Row(
        "I8b",
        "bad packing by customer",
        "MT",
        said={
            FR: "damage = buyer's",
            DK: "repacked at cost; with transport damage only the reported fault is fixed; write-down in value",
            UK: "refused or charged",
            NL: "keep packaging",
        },
        values={
            "returns.bad_packing": Value("damage_is_buyers", {DK: "repacked_at_cost", UK: "refused_or_charged"}),
        },
    ),
    Row(
        "I9",
        "no-fault-found fee",
        "M",
        said={DK: "≤ 1 h, DKK 400 excl. VAT"},
        values={
            "fees.no_fault_found_charged": Value(False, {DK: True}),
            "fees.no_fault_found": Value(money(0, "EUR"), {DK: money(40000, "DKK")}),
        },
    ),
    Row(
        "I10",
        "repacking / storage fee",
        "M",
        said={DK: "actual cost", UK: "packaging/manuals, storage, redelivery"},
        values={
            "fees.at_cost": Value((), {DK: ("repacking",), UK: ("repacking", "manuals", "storage", "redelivery")}),
        },
    ),
    Row(
        "I12",
        "replaced unit",
        "M",
        said={UK: "unexpired rest"},
        values={
            "warranty.replacement_term": Value("unexpired_rest"),
        },
    ),
    Row(
        "I14",
        "out of warranty",
        "M",
        said={BE: "repair quote first"},
        values={
            "repairs.quote_out_of_warranty": Value(False, {BE: True}),
        },
    ),
    Row(
        "J1",
        "refund SLA",
        "M",
        said={FR: "card 5 bd, transfer 10 bd; > 10 d contact", DK: "14 d", UK: "asap / 14 d", NL: "3 bd (decision)"},
        values={
            "calendars.transfer_refunds": Value("TARGET"),
            "refunds.clock": Value("business_days", {DK: "calendar_days", UK: "calendar_days"}),
            "refunds.card_business_days": Value(5),
            "refunds.transfer_business_days": Value(10),
            "refunds.calendar_days": Value(14),
            "refunds.decision_business_days": Value(5, {NL: 3}),
            "refunds.alarm_business_days": Value(10),
        },
    ),
    Row(
        "J2",
        "refund means",
        "M",
        said={FR: "original", DK: "same means", UK: "same method"},
        values={
            "refunds.means": Value("original"),
        },
    ),
    Row(
        "J3",
        "seller cannot fix",
        "M",
        said={FR: "automatic refund"},
        values={
            "refunds.automatic_when_unfixable": Value(True),
        },
    ),
    Row(
        "K1",
        "trade-in",
        "M",
        said={
            FR: "validity 1 month; < 500 pcs audit 1 week; < 10 pcs ship yourself; collection charged; cables mandatory"
        },
        values={
            "trade_in.enabled": Value(False, {FR: True}),
            "trade_in.quote_valid_months": Value(1),
            "trade_in.fast_audit_below_pieces": Value(500),
            "trade_in.fast_audit_days": Value(7),
            "trade_in.client_ships_below_pieces": Value(10),
            "trade_in.collection_charged": Value(True),
            "trade_in.cables_required": Value(("laptop", "desktop", "monitor")),
        },
    ),
    Row(
        "L3",
        "business days calendar",
        "M",
        said={FR: "FR", BE: "BE", DK: "DK", UK: "GB-NIR / IE", NL: "NL"},
        values={
            "identity.country": Value(own={FR: "FR", BE: "BE", DK: "DK", UK: "GB", NL: "NL"}),
            "calendars.market": Value(own={FR: "FR", BE: "BE", DK: "DK", UK: "GB-NIR", NL: "NL"}),
        },
    ),
    Row(
        "L4",
        "currency",
        "M",
        said={FR: "EUR", BE: "EUR", DK: "prices EUR, fees DKK", UK: "GBP, EUR for IE", NL: "EUR"},
        values={
            "identity.currencies": Value(("EUR",), {DK: ("EUR", "DKK"), UK: ("GBP", "EUR")}),
            "prices.currency": Value("EUR", {UK: "GBP"}),
            "prices.currency_by_country": Value({}, {UK: {"IE": "EUR"}}),
        },
    ),
    Row(
        "1.1",
        "links in mails",
        "M",
        said={EVERYWHERE: "72 h and 60 min, ours"},
        values={
            "accounts.activation_hours": Value(72),
            "accounts.password_reset_minutes": Value(60),
        },
    ),
    Row(
        "1.2",
        "seller applications",
        "M",
        said={EVERYWHERE: "5 business days, 30 days, papers and their lives, ours"},
        values={
            "sellers.review_reminder_business_days": Value(5),
            "sellers.application_lapses_days": Value(30),
            "sellers.required_documents": Value(
                ("register_extract", "representative_identity", "bank_account_proof"),
                {
                    FR: (
                        "register_extract",
                        "representative_identity",
                        "bank_account_proof",
                        "waste_registration",
                    )
                },
            ),
            "sellers.document_reminder_days": Value(30),
            "sellers.mandate_renewal_days": Value(30),
        },
    ),
    Row(
        "1.3",
        "price guard",
        "M",
        said={EVERYWHERE: "prices are the seller's; what is further off than any price is confirmed first, ours"},
        values={
            "prices.guard_falls_to_percent": Value(50),
            "prices.guard_rises_to_percent": Value(300),
            "prices.first_guard_least_percent": Value(25),
            "prices.first_guard_most_percent": Value(400),
            "prices.first_plausible": Value(
                (
                    ("smartphone", "EUR", 500, 1000000),
                    ("tablet", "EUR", 500, 1000000),
                    ("laptop", "EUR", 1000, 1500000),
                    ("desktop", "EUR", 1000, 2000000),
                    ("monitor", "EUR", 500, 1000000),
                    ("watch", "EUR", 500, 2000000),
                    ("console", "EUR", 500, 500000),
                    ("accessory", "EUR", 10, 500000),
                    ("smartphone", "GBP", 500, 1000000),
                    ("tablet", "GBP", 500, 1000000),
                    ("laptop", "GBP", 1000, 1500000),
                    ("desktop", "GBP", 1000, 2000000),
                    ("monitor", "GBP", 500, 1000000),
                    ("watch", "GBP", 500, 2000000),
                    ("console", "GBP", 500, 500000),
                    ("accessory", "GBP", 10, 500000),
                    ("smartphone", "DKK", 3500, 7000000),
                    ("tablet", "DKK", 3500, 7000000),
                    ("laptop", "DKK", 7000, 10500000),
                    ("desktop", "DKK", 7000, 14000000),
                    ("monitor", "DKK", 3500, 7000000),
                    ("watch", "DKK", 3500, 14000000),
                    ("console", "DKK", 3500, 3500000),
                    ("accessory", "DKK", 70, 3500000),
                ),
                seen=plausible_prices,
            ),
        },
    ),
    Row(
        "1.4",
        "quotes",
        "M",
        said={EVERYWHERE: "answer within 1 business day; 14 days, ours"},
        values={
            "quotes.answer_business_days": Value(1),
            "quotes.valid_days": Value(14),
        },
    ),
    Row(
        "1.6",
        "parcels without news",
        "M",
        said={EVERYWHERE: "10 business days, ours"},
        values={
            "shipping.delivered_after_business_days": Value(10),
            "shipping.lost_after_business_days": Value(10),
        },
    ),
    Row(
        "1.7",
        "card authorisation",
        "M",
        said={EVERYWHERE: "7 days and 30 minutes, ours"},
        values={
            "capture.authorisation_valid_days": Value(7),
            "capture.authentication_minutes": Value(30),
        },
    ),
    Row(
        "1.8",
        "bank transfers",
        "M",
        said={EVERYWHERE: "tolerance 0.00; ask after 1 business day, refund after 10"},
        values={
            "hold.shortfall_tolerance_minor": Value(0),
            "hold.unmatched_ask_business_days": Value(1),
            "hold.unmatched_refund_business_days": Value(10),
        },
    ),
    Row(
        "1.9",
        "release, commission, payout",
        "M",
        said={EVERYWHERE: "3 business days; weekly on Tuesday from 10.00, ours"},
        values={
            "release.rule": Value("later_of_claim_and_withdrawal"),
            "release.claim_window_business_days": Value(3),
            "commission.rate_percent": Value("10.00", {DK: "8.00"}),
            "payouts.weekday": Value("tuesday"),
            "payouts.minimum_minor": Value(1000),
            "payouts.negative_balance_days": Value(30),
        },
    ),
    Row(
        "1.10",
        "contested invoices",
        "M",
        said={EVERYWHERE: "7 days, ours"},
        values={
            "documents.seller_contests_days": Value(7),
        },
    ),
    Row(
        "1.11",
        "approvals lapse",
        "M",
        said={EVERYWHERE: "14 days, ours"},
        values={
            "hold.approval_lapses_days": Value(14),
        },
    ),
    Row(
        "3.1",
        "deposit invoices",
        "M",
        said={EVERYWHERE: "the end of the year at the latest; 10 days, ours"},
        values={
            "documents.deposit_invoice_after_days": Value(10),
        },
    ),
    Row(
        "3.4",
        "VIES",
        "M",
        said={EVERYWHERE: "answers up to 7 days old; 1 business day, ours"},
        values={
            "vat.vies_result_valid_days": Value(7),
            "vat.vies_hold_business_days": Value(1),
        },
    ),
    Row(
        "3.5",
        "seller tax data",
        "M",
        said={EVERYWHERE: "two reminders, 60 days: DAC7"},
        values={
            "payouts.tax_data_reminders": Value(2),
            "payouts.tax_data_block_days": Value(60),
        },
    ),
    Row(
        "P5",
        "commission basis",
        "M",
        said={EVERYWHERE: "net goods"},
        values={
            "commission.basis": Value("net_goods"),
        },
    ),
    Row(
        "P11",
        "day count of interest",
        "M",
        said={EVERYWHERE: "actual/365"},
        values={
            "interest.day_count": Value("actual_365"),
        },
    ),
    Row(
        "dec. 12",
        "commission invoices",
        "M",
        said={EVERYWHERE: "monthly"},
        values={
            "commission.invoice_period": Value("month"),
        },
    ),
    Row(
        "dec. 16",
        "advances on refunds",
        "M",
        said={EVERYWHERE: "2 business days, ours"},
        values={
            "refunds.platform_advances_business_days": Value(2),
        },
    ),
)

ROWS = {row.id: row for row in TABLE}
