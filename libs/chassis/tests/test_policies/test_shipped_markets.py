"""The five shipped packs say what the policy table says, cell by cell."""

import tomllib
from datetime import date, time
from typing import Any

import pytest

from chassis.kernel.policy import PolicyPack
from chassis.policy_files import load_markets

from .copies import SHIPPED

MARKETS = load_markets(SHIPPED)
TODAY = date(2026, 11, 21)
NAMES = ("fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market")

# Rows of the table that the machine must obey (marked M or MT there).
ENFORCED_ROWS = """
A1 A3 A4 A5 A6 A7 B1 B2 B3 B5 B7 B8 B9 B10 B11 C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 D1 D2 D3 D4 D5 D6 D7 E1 E2 E3 E4
F1 F2 F3 F4 F6 F8 G1 G2 G3 H1 H2 H3 H4 H5 H6 I1 I2 I3 I4 I5 I6 I7 I8 I8b I9 I10 I12 I14 J1 J2 J3 K1 L3 L4
"""

FR, BE, DK, UK, NL = NAMES
DK_SERVES = ("DK", "DE", "NL", "BE", "LU", "FR", "AT", "FI", "SE", "ES", "IT", "PT", "IE", "PL", "GB")
ALL_CATEGORIES = ("smartphone", "tablet", "laptop", "desktop", "monitor", "watch", "console", "accessory")
EXCLUDED_BY_FR = (
    "oxidation",
    "broken",
    "opened_by_third_party",
    "abnormal_use",
    "neglect",
    "wear",
    "accident",
    "water",
)
FIVE_DAYS = dict.fromkeys(ALL_CATEGORIES, 5)

# key: (value where the shop is silent, {market: value where its shop says something})
CELLS: dict[str, tuple[Any, dict[str, Any]]] = {
    "identity.model": ("marketplace", dict.fromkeys((BE, DK, UK), "single_seller")),
    "accounts.customers": (("business",), {}),
    "accounts.required_to_order": (True, {DK: False}),
    "accounts.support_only_fields": (("email", "address", "vat_number"), {}),
    "support.reply_business_days": (1, {}),
    "support.channels": (
        ("account", "email", "phone"),
        {BE: ("email", "phone", "whatsapp"), DK: ("email", "phone"), UK: ("phone", "email"), NL: ("account",)},
    ),
    "support.phone_from": (time(9), {}),
    "support.phone_until": (time(17), {}),
    "accounts.erasure": ("on_request", {DK: "years_after_last_purchase"}),
    "accounts.erasure_years": (5, {}),
    "battery.floor_guaranteed": (True, {UK: False}),
    "battery.floor_holds_months": (0, {DK: 12}),
    "accessories.rule": ("listed_set", {UK: "as_described"}),
    "accessories.original": (False, {}),
    "accessories.keyboard_may_be_replaced": (False, {BE: True}),
    "warranty.water_resistance_kept": (False, {}),
    "offers.stock_ships_within_business_days": (1, {}),
    "offers.stock_is_binding": (True, dict.fromkeys((BE, DK, UK), False)),
    "prices.basis": ("net", {DK: "gross", UK: "gross"}),
    "prices.obvious_error_voids_order": (False, {DK: True, UK: True}),
    "prices.lower_real_price_charged": (False, {UK: True}),
    "prices.higher_real_price": ("shown_price_holds", {UK: "ask_buyer_before_acceptance"}),
    "vat.rate_at": ("supply", {UK: "supply_unless_paid_in_full"}),
    "discounts.combinable": (True, {DK: False}),
    "contract.formed_by": ("confirmation", {UK: "acceptance"}),
    "contract.acceptance": ("automatic", {UK: "manual"}),
    "contract.refusal_reasons": (
        ("out_of_stock",),
        {UK: ("out_of_stock", "credit_reference", "price_error", "deadline")},
    ),
    "hold.business_days": (5, {}),
    "hold.reminder_business_days": ((2, 4), {}),
    "hold.payment_due": ("within_hold", {BE: "at_checkout", DK: "before_processing", UK: "before_dispatch"}),
    "hold.on_default": ("cancel_at_deadline", {UK: "end_after_reminder"}),
    "hold.end_days_after_reminder": (7, {}),
    "hold.shortfall_tolerance_minor": (0, {}),
    "cancellation.while_unpaid": ("self_service", {DK: "withdrawal_only", UK: "change_request"}),
    "cancellation.while_paid": (
        "seller_consent",
        {BE: "self_service_until_shipment", DK: "withdrawal_only", UK: "change_request"},
    ),
    "address_change.until": ("shipment", {}),
    "address_change.how": ("seller_is_asked", {UK: "change_request"}),
    "address_change.answer_business_days": (1, {}),
    "quotes.enabled": (True, {}),
    "quotes.asked_by": ("quote_request", {BE: "business_form"}),
    "quotes.bulk_above_pieces": (20, {}),
    "quotes.bulk_lead_days_least": (7, {}),
    "quotes.bulk_lead_days_most": (14, {}),
    "quotes.categories": (("smartphone", "tablet", "laptop", "desktop", "monitor"), {BE: ALL_CATEGORIES}),
    "delivery.countries": (
        None,
        {
            FR: ("FR", "ES", "DE", "IT", "BE", "AT", "NL", "FI", "PT", "US"),
            BE: ("BE", "NL", "DE", "FR", "LU"),
            DK: DK_SERVES,
            UK: ("GB", "IE"),
            NL: ("NL",),
        },
    ),
    "delivery.customs_on_recipient": (False, {DK: True}),
    "seller_changes.on_stock_out": ("refund", {DK: "inform_of_delay"}),
    "seller_changes.minor_changes_allowed": (False, {UK: True}),
    "seller_changes.buyer_may_end_if_use_affected": (True, {}),
    "seller_changes.delay_notice_required": (False, {DK: True}),
    "seller_changes.uncontrollable_delay_excused": (False, {UK: True}),
    "seller_changes.busy_periods_excused": (False, {BE: True}),
    "tenders.accepted": (
        ("card", "bank_transfer"),
        {
            BE: ("card", "bank_transfer", "eco_voucher"),
            DK: ("card", "mobilepay", "ean_invoice", "instalments", "credit_account", "bank_transfer"),
        },
    ),
    "tenders.countries": ({}, {DK: {"mobilepay": ("DK",), "instalments": ("DK",)}}),
    "tenders.eco_voucher_issuers": ((), {BE: ("monizze", "edenred")}),
    "tenders.instalments_least": (4, {}),
    "tenders.instalments_most": (24, {}),
    "tenders.three_d_secure_required": (True, {}),
    "tenders.refused": (
        ("deferred_payment", "administrative_mandate", "cheque", "cash"),
        {DK: ("administrative_mandate", "cheque", "cash")},
    ),
    "tenders.split_allowed": (False, {BE: True}),
    "tenders.split_first": ((), {BE: ("eco_voucher",)}),
    "capture.moment": ("at_once", {DK: "at_dispatch"}),
    "escrow.enabled": (True, {}),
    "escrow.virtual_account_per": ("buyer_company", {}),
    "release.rule": ("later_of_claim_and_withdrawal", {}),
    "release.claim_window_business_days": (3, {}),
    "commission.rate_percent": ("10.00", {DK: "8.00"}),
    "payouts.weekday": ("tuesday", {}),
    "payouts.minimum_minor": (1000, {}),
    "interest.reference_rate": ("ecb_main_refinancing", {UK: "uk_bank_rate"}),
    "interest.margin_percent": ("8.00", {FR: "10.00", UK: "4.00"}),
    "interest.runs_after_judgment": (False, {UK: True}),
    "interest.in_dispute": ("runs", {UK: "waits_then_from_due_date"}),
    "documents.before_sale": ("purchase_order", {BE: "confirmation", DK: "confirmation", UK: "acceptance"}),
    "documents.shows_payment": (("card_link", "virtual_iban"), {}),
    "documents.invoice_at": ("shipment", {}),
    "documents.invoice_shows_extra_warranty": (False, {DK: True}),
    "documents.buyer_disputes": ("any_time", {UK: "promptly"}),
    "documents.credit_note_with_refund": (True, {}),
    "vat.number_asked_at": (("sign_up",), {BE: ("sign_up", "checkout")}),
    "vat.intra_community_exemption": (True, {}),
    "vat.domestic_reverse_charge": (True, {}),
    "shipping.fee_rule": ("per_offer", {BE: "free_from_order_value", DK: "per_carrier"}),
    "shipping.sla_business_days": (
        FIVE_DAYS | {"smartphone": 3, "tablet": 3, "laptop": 4, "watch": 3, "accessory": 3},
        {BE: FIVE_DAYS, DK: FIVE_DAYS},
    ),
    "shipping.sla_measures": ("delivery", {DK: "dispatch"}),
    "shipping.sla_business_days_least": (0, {DK: 2}),
    "shipping.sla_binding": (True, {UK: False}),
    "shipping.oversize_by_appointment": (False, {BE: True}),
    "shipping.oversize_monitor_above_inches": (34, {}),
    "shipping.cutoff": (time(13), {}),
    "shipping.carriers": ((), {DK: ("dhl", "gls", "ups")}),
    "shipping.carriers_by_country": ({}, {DK: {"DK": ("gls",)}}),
    "shipping.tracking_required": (True, {}),
    "failed_delivery.refusal_cancels": (False, {}),
    "failed_delivery.redelivery_charged": (False, {UK: True}),
    "failed_delivery.seller_may_end": (False, {UK: True}),
    "damage.report_business_days": (3, {}),
    "damage.reserve_on_delivery_expected": (False, {FR: True}),
    "damage.evidence": (
        ("packaging_photo", "label_photo", "device_photos"),
        {
            FR: ("packaging_photo", "label_photo", "device_photos", "opening_photos"),
            BE: ("defect_media",),
            DK: ("description",),
        },
    ),
    "damage.device_photos_least": (3, {BE: 0, DK: 0}),
    "damage.keep_packaging": (True, {}),
    "damage.remedies": (("replacement", "refund"), {}),
    "damage.remedy_business_days": (3, {}),
    "damage.carrier_claim_by": ("seller", {}),
    "withdrawal.enabled": (False, {BE: True, DK: True}),
    "withdrawal.days": (14, {}),
    "withdrawal.starts": ("receipt", {DK: "receipt_of_last_item"}),
    "withdrawal.unused_only": (False, {BE: True}),
    "withdrawal.send_back_days": (14, {}),
    "withdrawal.send_back_starts": ("notice", {BE: "instructions"}),
    "withdrawal.return_cost_by": ("buyer", {DK: "seller_if_label_after_notice"}),
    "withdrawal.refund_days": (14, {}),
    "withdrawal.refund_waits_for_goods": (True, {}),
    "withdrawal.delivery_cost_refund": ("cheapest_standard", {}),
    "withdrawal.delivery_cost_refund_on_part": ("cheapest_standard", {DK: "none"}),
    "withdrawal.deductions": ((), {DK: ("use_beyond_testing", "missing_box")}),
    "warranty.months": (12, {DK: 24}),
    "warranty.offer_may_extend": (False, {FR: True}),
    "warranty.burden_of_proof": ("buyer", {DK: "seller"}),
    "warranty.battery": ("failure", {BE: "unusual_degradation", DK: "below_grade_floor", UK: "excluded"}),
    "warranty.power_supply_covered": (True, {UK: False}),
    "warranty.extension": ("none", {FR: "quote_before_order", BE: "for_a_fee", DK: "insurance"}),
    "warranty.extension_months": (12, {}),
    "warranty.exclusions": (
        EXCLUDED_BY_FR,
        {
            BE: ("drop", "water", "abnormal_use"),
            DK: ("operating_error", "alteration", "abnormal_use", "third_party_software", "wrong_power"),
            UK: ("wear", "wilful_damage", "neglect", "alteration", "used_after_notice", "software"),
        },
    ),
    "warranty.remedies": (
        ("repair", "replacement", "refund"),
        {
            BE: ("repair", "replacement"),
            DK: ("repair", "replacement", "refund", "price_cut"),
            NL: ("replacement", "refund"),
        },
    ),
    "warranty.remedy_business_days": (5, {}),
    "warranty.notice": ("within_warranty", {DK: "reasonable", UK: "days_after_discovery"}),
    "warranty.notice_days": (7, {}),
    "warranty.notice_safe_months": (2, {}),
    "warranty.return_cost_by": ("seller", {DK: "seller_if_justified", UK: "buyer"}),
    "warranty.return_label_prepaid": (True, {UK: False}),
    "warranty.replacement_term": ("unexpired_rest", {}),
    "returns.conditions": (
        ("serial_number", "data_backup", "account_logout", "invoice_in_parcel"),
        {
            BE: ("label_and_instructions",),
            DK: ("rma_on_parcel_or_letter", "proper_packing"),
            UK: ("original_packing", "complete", "manuals"),
        },
    ),
    "returns.cash_on_delivery_refused": (False, {DK: True}),
    "returns.bad_packing": ("damage_is_buyers", {DK: "repacked_at_cost", UK: "refused_or_charged"}),
    "fees.no_fault_found_charged": (False, {DK: True}),
    "fees.at_cost": ((), {DK: ("repacking",), UK: ("repacking", "manuals", "storage", "redelivery")}),
    "repairs.quote_out_of_warranty": (False, {BE: True}),
    "refunds.clock": ("business_days", {DK: "calendar_days", UK: "calendar_days"}),
    "refunds.card_business_days": (5, {}),
    "refunds.transfer_business_days": (10, {}),
    "refunds.calendar_days": (14, {}),
    "refunds.decision_business_days": (5, {NL: 3}),
    "refunds.alarm_business_days": (10, {}),
    "refunds.means": ("original", {}),
    "refunds.automatic_when_unfixable": (True, {}),
    "trade_in.enabled": (False, {FR: True}),
    "trade_in.quote_valid_months": (1, {}),
    "trade_in.fast_audit_below_pieces": (500, {}),
    "trade_in.fast_audit_days": (7, {}),
    "trade_in.client_ships_below_pieces": (10, {}),
    "trade_in.collection_charged": (True, {}),
    "calendars.market": (None, {FR: "FR", BE: "BE", DK: "DK", UK: "GB-NIR", NL: "NL"}),
    "calendars.transfer_refunds": ("TARGET", {}),
    "identity.currencies": (("EUR",), {DK: ("EUR", "DKK"), UK: ("GBP", "EUR")}),
    "prices.currency": ("EUR", {UK: "GBP"}),
    "prices.currency_by_country": ({}, {UK: {"IE": "EUR"}}),
}


def a_pack(name: str) -> PolicyPack:
    return MARKETS.pack(name, on=TODAY)


@pytest.mark.parametrize("key", CELLS)
def test_a_cell_of_the_policy_table_holds_in_every_market(key: str) -> None:
    silent, said = CELLS[key]
    for name in NAMES:
        value = a_pack(name).values[key]
        assert value == said.get(name, silent), f"{key} in {name} is {value!r}"


def test_every_row_that_the_machine_obeys_has_a_key() -> None:
    rows = {key.row for key in MARKETS.schema.keys.values() if key.enforced}
    assert [row for row in ENFORCED_ROWS.split() if row not in rows] == []


def test_each_market_grades_as_its_shop_does() -> None:
    grades = {name: [grade["code"] for grade in a_pack(name).records("grades.scale")] for name in NAMES}
    four = ["premium", "excellent", "good", "fair"]
    assert grades == {FR: four, BE: ["new", "a_plus", "a", "visible_signs"], DK: four, UK: four, NL: four}
    labels = [grade["label"]["nl"] for grade in a_pack(NL).records("grades.scale")]
    assert labels == ["Premium", "Uitstekend", "Goed", "Oké"]


def test_batteries_leave_with_85_percent_wherever_the_shop_says_nothing_else() -> None:
    for name in (FR, BE, NL):
        assert set(a_pack(name).mapping("battery.floor_percent_by_grade").values()) == {85}


def test_a_belgian_parcel_costs_12_euro_and_is_free_from_100() -> None:
    pack = a_pack(BE)
    assert (pack.money("shipping.flat_fee").minor, pack.money("shipping.free_from").minor) == (1200, 10000)


def test_danish_fees_are_in_kroner() -> None:
    fees = {key: a_pack(DK).money(key) for key in ("fees.reinvoicing", "fees.no_fault_found")}
    assert {key: (fee.minor, fee.currency) for key, fee in fees.items()} == {
        "fees.reinvoicing": (10000, "DKK"),
        "fees.no_fault_found": (40000, "DKK"),
    }


def test_nobody_else_charges_for_a_sound_device_or_a_new_invoice() -> None:
    for name in (FR, BE, UK, NL):
        assert a_pack(name).money("fees.no_fault_found").minor == 0
        assert a_pack(name).money("fees.reinvoicing").minor == 0


def test_overseas_france_is_not_delivered_to() -> None:
    excluded = {area["country"]: area["postal_prefixes"] for area in a_pack(FR).records("delivery.excluded_areas")}
    assert "97400".startswith(excluded["FR"])  # Saint-Denis, La Réunion
    assert not "20000".startswith(excluded["FR"])  # Ajaccio


def test_claim_windows_follow_the_country_of_delivery() -> None:
    assert dict(a_pack(UK).mapping("calendars.by_country")) == {"GB": "GB-NIR", "IE": "IE"}
    assert a_pack(FR).mapping("calendars.by_country")["DE"] == "DE"


def test_the_french_market_is_the_default() -> None:
    assert MARKETS.default() == FR
    assert sorted(MARKETS.names()) == sorted(NAMES)


def test_a_market_states_only_what_differs_from_base() -> None:
    base: dict[str, Any] = {}
    for file in (SHIPPED / "base").glob("*.toml"):
        base |= flat(file.read_text(encoding="utf-8"))
    for name in NAMES:
        own = flat((SHIPPED / name / "market.toml").read_text(encoding="utf-8"))
        assert [key for key, value in own.items() if base.get(key) == value] == [], name


def flat(text: str) -> dict[str, Any]:
    tables = {group: table for group, table in tomllib.loads(text).items() if isinstance(table, dict)}
    return {f"{group}.{key}": value for group, table in tables.items() for key, value in table.items()}
