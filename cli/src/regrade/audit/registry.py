"""All laws, in the order they are asked: numbered, said in a sentence, with where the sentence comes from."""

from regrade.audit.law import Law, in_each_picture
from regrade.audit.laws import (
    audit_logs,
    balances,
    bank_lines,
    complete_topics,
    histories,
    hold_until,
    holds_end,
    invoices,
    ledger_balances,
    money_back,
    nothing_personal,
    nothing_stuck,
    order_money,
    provider_journal,
    reservations,
    rising_seqs,
    same_bytes,
    stock_fold,
    units_sold,
)

_MONEY = "docs/decisions/0006-no-ones-money-pays-for-another.md"
_PROVIDER = "docs/decisions/0007-payment-provider-port.md"
_STOCK = "docs/decisions/0002-stock-is-a-fold-of-movements.md"
_CHECKOUT = "docs/decisions/0003-checkout-is-a-saga-with-a-short-wait.md"
_INVOICES = "docs/decisions/0005-one-invoice-per-shipment-and-vat-regime.md"
_EVENTS = "docs/decisions/0008-one-public-event-per-version.md"
_RELAY = "docs/decisions/0010-outbox-relay-and-group-commit.md"
_PARKED = "docs/decisions/0012-parked-messages.md"
_AUDIT_LOG = "docs/decisions/0031-audit-log-and-four-eyes.md"
_PERSONAL = "docs/decisions/0013-nothing-personal-on-topics.md"

# What `regrade audit log` asks: they hold at any moment, quiet or not.
AUDIT_LOG_LAWS = (
    Law(
        "I23",
        "Every act of an operator is written down in a chain that nobody changed.",
        _AUDIT_LOG,
        audit_logs.every_entry_is_sealed,
    ),
    Law(
        "I23",
        "The chains are those whose hashes were published, to the end.",
        _AUDIT_LOG,
        audit_logs.every_published_hash_is_there,
    ),
)

LAWS = (
    Law("I1", "Every journal balances.", _MONEY, ledger_balances.every_journal_balances),
    Law(
        "I1",
        "Topic, API and database tell the same journals.",
        _EVENTS,
        ledger_balances.every_place_tells_the_same_journals,
        at_rest=True,
    ),
    Law("I2", "Every balance is the sum of its postings.", _MONEY, balances.balances_are_the_fold, at_rest=True),
    Law("I2", "No one's money but the platform's is ever below zero.", _MONEY, balances.no_ones_money_is_negative),
    Law("I2", "Escrow covers what is owed, after each step.", _MONEY, balances.escrow_covers_what_is_owed),
    Law(
        "I3",
        "Of each order: captured = paid out + fee + given back + held; an ended one holds nothing.",
        _MONEY,
        in_each_picture(order_money.every_orders_money_is_accounted_for),
        at_rest=True,
    ),
    Law(
        "I4",
        "Never more money back than came in, and each refund once.",
        _MONEY,
        in_each_picture(money_back.no_more_goes_back_than_came_in),
        at_rest=True,
    ),
    Law(
        "I6",
        "The payment provider's journal is ours, amount by amount.",
        _PROVIDER,
        provider_journal.the_provider_tells_the_same,
        at_rest=True,
    ),
    Law(
        "I7",
        "Every bank line is allocated to the last cent.",
        _MONEY,
        in_each_picture(bank_lines.every_bank_line_is_allocated),
        at_rest=True,
    ),
    Law(
        "I8",
        "Each offer's figures are the fold of its movements, never negative.",
        _STOCK,
        in_each_picture(stock_fold.figures_are_the_fold_of_movements),
    ),
    Law(
        "I8",
        "What was told after each push adds up.",
        _STOCK,
        in_each_picture(stock_fold.pushed_figures_make_sense),
    ),
    Law(
        "I9",
        "Each reservation agrees with its order.",
        _CHECKOUT,
        in_each_picture(reservations.every_reservation_fits_its_order),
        at_rest=True,
    ),
    Law(
        "I10",
        "No more is sold than was pushed.",
        _STOCK,
        in_each_picture(units_sold.no_more_is_sold_than_was_pushed),
        at_rest=True,
    ),
    Law(
        "I10",
        "What ships is what was ordered, and a device leaves once.",
        _STOCK,
        in_each_picture(units_sold.a_device_leaves_once),
        at_rest=True,
    ),
    Law("I11", "Every story on the topics is a path of its machine.", _EVENTS, histories.the_facts_follow_the_machine),
    Law(
        "I11",
        "Every stored history is a path of its machine, versions 1..n.",
        _EVENTS,
        in_each_picture(histories.the_history_follows_the_machine),
    ),
    Law(
        "I13",
        "No order waits for money past its deadline.",
        _CHECKOUT,
        in_each_picture(holds_end.no_hold_outlives_its_deadline),
        at_rest=True,
    ),
    Law("I14", "Invoice numbers have no gap and no repeat.", _INVOICES, in_each_picture(invoices.numbers_have_no_gap)),
    Law(
        "I14",
        "Each shipped unit stands on exactly one invoice; invoices sum to the order.",
        _INVOICES,
        in_each_picture(invoices.every_unit_stands_on_one_invoice),
        at_rest=True,
    ),
    Law(
        "I14",
        "Credit notes stay within their invoices, and each is refunded exactly.",
        _INVOICES,
        in_each_picture(invoices.credit_notes_stay_within_their_invoices),
        at_rest=True,
    ),
    Law(
        "I14",
        "Stored documents are the bytes that were promised.",
        _INVOICES,
        in_each_picture(invoices.stored_bytes_are_the_promised_ones),
    ),
    Law(
        "I15",
        "Each payment deadline is what the market's rule gives.",
        "docs/decisions/0001-markets-are-data.md",
        hold_until.hold_deadlines_can_be_recomputed,
    ),
    Law(
        "I16",
        "The topics have every fact: seqs 1..n, nothing deleted.",
        _EVENTS,
        complete_topics.every_story_is_complete,
    ),
    Law(
        "I16",
        "The version shown anywhere is the number of facts.",
        _EVENTS,
        complete_topics.versions_are_the_last_seqs,
        at_rest=True,
        alike=False,
    ),
    Law(
        "I16",
        "Every published fact is on Kafka, word for word, and nothing else is.",
        _RELAY,
        complete_topics.every_archived_fact_is_on_kafka,
        at_rest=True,
    ),
    Law("I17", "The same event id has the same bytes.", _RELAY, same_bytes.a_repeat_has_the_same_bytes),
    Law(
        "I18", "First occurrences rise by seq, each story in one partition.", _RELAY, rising_seqs.first_occurrences_rise
    ),
    Law("I20", "Nothing waits and nothing is parked.", _PARKED, nothing_stuck.nothing_waits, tells_unrest=True),
    Law("I21", "Nothing personal is on the topics.", _PERSONAL, nothing_personal.no_person_is_named),
    *AUDIT_LOG_LAWS,
)
