"""The audit's laws about topics and outboxes, and how its verdicts become an exit code."""

import json
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from cli.tests.audit_world import EVENTS, PICTURE, broken, event, facts_of, story, the_law, verdict, with_picture
from regrade.audit.facts import Canaries, Facts, Stand
from regrade.audit.judge_all import BROKEN, CLEAN, INCONCLUSIVE, exit_code, judge_all
from regrade.audit.law import Verdict, judge
from regrade.audit.registry import LAWS
from regrade.audit.report import as_json, print_report
from regrade.audit.rest import wait_for_rest


def test_every_law_holds_on_a_platform_with_nothing_wrong() -> None:
    judgements = judge_all(LAWS, facts_of())
    assert [(one.law.id, one.verdict) for one in judgements if one.verdict is not Verdict.OK] == []
    assert all(finding.checked > 0 for one in judgements for finding in one.findings)
    assert exit_code(judgements) == CLEAN


def test_a_fact_that_may_not_follow_is_found() -> None:
    wrong = story("orders.order", "o1", "placed", "secured")
    assert broken("I11", "topics", facts_of(wrong)) == "orders.order o1: 'secured' may not follow reserving"


def test_a_story_may_be_ended_only_once() -> None:
    wrong = story("payments.refund", "r1", "created", "settled", "failed")
    assert "'failed' may not follow settled" in broken("I11", "topics", facts_of(wrong))


def test_a_missing_fact_is_found() -> None:
    gap = tuple(one for one in EVENTS if one.id != "o1/3")
    assert broken("I16", "every fact", facts_of(gap)) == "orders.order o1: of seqs 1 to 6 3 is missing"


def test_a_topic_whose_beginning_was_deleted_is_found() -> None:
    assert "orders.order/3" in broken("I16", "every fact", facts_of(trimmed=("orders.order/3, up to offset 7",)))


def test_a_record_that_is_no_event_is_found() -> None:
    assert "not an event of ours" in broken("I16", "every fact", facts_of(unreadable=("orders.order/3@1: KeyError",)))


def test_a_version_that_is_ahead_of_its_facts_is_found() -> None:
    told = facts_of().versions[0]
    ahead = replace(told, versions={**told.versions, ("orders.order", "o1"): 7})
    sentence = broken("I16", "version", facts_of(versions=(ahead,)))
    assert sentence == "orders.order o1 has version 7 in the databases, and 6 facts"


def test_an_aggregate_that_only_the_topic_knows_is_found() -> None:
    stranger = (*EVENTS, event("orders.order", "o2", "placed", 1, 50))
    assert broken("I16", "version", facts_of(stranger)) == "orders.order o2 has version 0 in the databases, and 1 facts"


def test_a_published_fact_that_kafka_lost_is_found() -> None:
    assert "is not on Kafka" in broken("I16", "published", facts_of(EVENTS[:-1]))


def test_a_fact_that_waits_in_the_outbox_is_not_lost() -> None:
    rows = facts_of().outbox or ()
    waiting = (*rows[:-1], replace(rows[-1], published=False))
    assert verdict("I16", "published", facts_of(EVENTS[:-1], outbox=waiting)) is Verdict.OK


def test_a_fact_that_says_something_else_on_kafka_is_found() -> None:
    changed = replace(EVENTS[0], fact="another")
    assert "says something else" in broken("I16", "published", facts_of((changed, *EVENTS[1:])))


def test_a_fact_that_no_service_wrote_is_found() -> None:
    forged = (*EVENTS, event("payments.payout", "y9", "created", 1, 50))
    assert "written by no service" in broken("I16", "published", facts_of(forged))


def test_a_repeat_with_other_bytes_is_found() -> None:
    repeat = replace(EVENTS[0], offset=90, raw="other bytes")
    assert broken("I17", "", facts_of((*EVENTS, repeat))).startswith("event o1/1 differs")


def test_an_honest_repeat_is_no_violation() -> None:
    repeats = (*EVENTS, *(replace(one, offset=one.offset + 90) for one in EVENTS))
    assert [verdict(id, words, facts_of(repeats)) for id, words in (("I17", ""), ("I18", ""), ("I16", "every"))] == [
        Verdict.OK
    ] * 3


def test_facts_that_lie_in_the_wrong_order_are_found() -> None:
    first, second, *rest = EVENTS
    swapped = (replace(first, offset=1), replace(second, offset=0), *rest)
    assert "first comes after seq 2" in broken("I18", "", facts_of(swapped))


def test_a_seq_that_was_given_out_twice_is_found() -> None:
    twice = (*EVENTS, replace(EVENTS[-1], offset=50, id="another"))
    assert "seq 3 of y1 first comes after seq 3" in broken("I18", "", facts_of(twice))


def test_a_story_in_two_partitions_is_found() -> None:
    assert "two partitions" in broken("I18", "", facts_of((*EVENTS[:-1], replace(EVENTS[-1], partition=5))))


@pytest.mark.parametrize(
    ("stand", "told"),
    [
        (Stand("orders", parked=1), "parked messages 1"),
        (Stand("orders", lag=4), "lag 4"),
        (Stand("orders", outbox_pending=2), "outbox 2"),
        (Stand("orders", timers_due=1), "timers due 1"),
        (Stand("orders", timers_dead=1), "dead timers 1"),
        (Stand("orders", up=False), "does not answer"),
    ],
)
def test_whatever_waits_or_is_stuck_leaves_the_audit_without_an_answer(stand: Stand, told: str) -> None:
    judgement = judge(the_law("I20"), facts_of(stands=(stand,)))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == f"not quiet: orders: {told}"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"contact": "write to Jeanne@Example.org"}, "an e-mail address"),
        ({"inner": [{"who": "paid by Jeanne DURAND, Lyon"}]}, "a person's name"),
        ({"iban": "FR76 3000 4008 1125 2991 7341 095"}, "somebody's bank account"),
        # A textbook IBAN that no database knows.
        ({"iban": "DE89370400440532013000"}, "an IBAN"),
    ],
)
def test_personal_data_on_a_topic_is_found_and_not_repeated(data: dict[str, Any], told: str) -> None:
    leaking = event("accounts.company", "c1", "registered", 1, 0, data)
    sentence = broken("I21", "", facts_of((leaking,)))
    assert f"tells {told}" in sentence
    assert all(secret not in sentence.casefold() for secret in ("jeanne", "durand", "3000", "0532"))


def test_what_names_no_person_may_stand_on_a_topic() -> None:
    data = {
        "message_id": "<1811258d-e05f-5866-83e5-30449c4d042f@regrade>",
        "virtual_account": {"iban": "DE89370400440532013000", "holder_name": "Atelier SAS"},
        "title": "Jeanne d'Arc edition",
    }
    assert verdict("I21", "", facts_of((event("payments.payment", "y1", "opened", 1, 0, data),))) is Verdict.OK


def test_addresses_are_found_without_a_look_inside() -> None:
    leaking = event("accounts.company", "c1", "registered", 1, 0, {"contact": "someone@example.org"})
    assert "an e-mail address" in broken("I21", "", facts_of((leaking,), canaries=None))


def test_nothing_checked_where_something_should_be_proves_nothing() -> None:
    # A paid order without a single bank line: the list was lost, or was not read.
    judgement = judge(the_law("I7"), with_picture(bank_lines=()))
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "no bank lines found in databases"


def test_one_side_with_nothing_while_the_other_has_something_proves_nothing() -> None:
    empty = replace(PICTURE, where="topics", orders=(), reservations=())
    facts = facts_of(pictures=(PICTURE, empty))
    assert verdict("I9", "", facts) is Verdict.INCONCLUSIVE


def test_a_young_platform_has_nothing_yet_to_prove() -> None:
    young = replace(PICTURE, orders=(), shipments=(), invoices=(), papers=())
    assert verdict("I14", "numbers", facts_of(picture=young)) is Verdict.NOTHING_YET


def test_a_busy_platform_is_not_asked_laws_between_services() -> None:
    judgement = judge(
        the_law("I9"), replace(with_picture(reservations=()), unrest="not quiet after 60 s (orders: lag 3)")
    )
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reason == "not quiet after 60 s (orders: lag 3)"


def test_laws_that_always_hold_are_asked_of_a_busy_platform_too() -> None:
    gap = facts_of(tuple(one for one in EVENTS if one.id != "o1/3"), unrest="busy")
    assert verdict("I16", "every fact", gap) is Verdict.VIOLATED


def test_the_exit_code_tells_clean_broken_and_unknown_apart() -> None:
    def code(facts: Facts) -> int:
        return exit_code(judge_all(LAWS, facts))

    assert code(facts_of()) == CLEAN == 0
    assert code(with_picture(reservations=())) == BROKEN == 1
    assert code(facts_of(unrest="busy")) == INCONCLUSIVE == 2
    assert code(Facts()) == INCONCLUSIVE
    # What is broken is broken, whatever else could not be told.
    assert code(replace(facts_of(EVENTS[1:]), unrest="busy")) == BROKEN


def test_the_smallest_witness_is_shown() -> None:
    def says(text: str) -> str:
        console = Console(width=200, record=True, quiet=True)
        console.quiet = False
        with console.capture() as said:
            print_report(console, judge_all([the_law("I11", text)], facts))
        return said.get()

    long = story("orders.order", "o1", "placed", "held", "secured", "held")
    short = story("payments.payout", "y1", "settled")
    facts = facts_of((*long, *short))
    assert "payments.payout y1: 'settled' may not follow nothing   [2 in all]" in says("topics")
    assert "aggregate_id=y1" in says("topics")


def test_the_report_for_programs_says_the_same() -> None:
    judgements = judge_all(LAWS, facts_of((*EVENTS[:2], *EVENTS[3:])))
    report = json.loads(json.dumps(as_json(judgements)))
    assert (report["verdict"], report["exit_code"]) == ("violated", 1)
    (gap,) = [law for law in report["laws"] if law["sentence"].startswith("The topics have every fact")]
    assert gap["id"] == "I16"
    assert gap["verdict"] == "violated"
    assert gap["witness"] == {"sentence": "orders.order o1: of seqs 1 to 6 3 is missing", "aggregate_id": "o1"}
    assert gap["checked"] == [{"where": "topics", "what": "stories", "count": 3, "violations": 1}]


def test_every_law_names_a_source_that_exists() -> None:
    from launcher.paths import clone_root

    assert [law.source for law in LAWS if not (clone_root() / law.source).exists()] == []


async def test_waiting_ends_once_the_platform_is_quiet_twice() -> None:
    looks = iter(
        [((Stand("orders", lag=1),), 0), ((Stand("orders"),), 1), ((Stand("orders"),), 0), ((Stand("orders"),), 0)]
    )

    async def look() -> tuple[tuple[Stand, ...], int]:
        return next(looks)

    assert await wait_for_rest(look, 60, lambda done, total=None: None) is None
    assert list(looks) == []


async def test_waiting_says_what_was_still_going_on() -> None:
    async def look() -> tuple[tuple[Stand, ...], int]:
        return (Stand("orders"), Stand("payments", parked=2)), 3

    told = await wait_for_rest(look, 0, lambda done, total=None: None)
    assert told == "not quiet after 0 s (payments: parked messages 2; outside: 3 under way)"


def test_canaries_of_single_words_are_only_whole_values() -> None:
    canaries = Canaries(names=frozenset({"rose"}))
    phone = event("catalog.stock", "s1", "pushed", 1, 0, {"title": "Phone 64 GB rose"})
    named = event("catalog.stock", "s1", "pushed", 1, 0, {"by": "Rose"})
    assert verdict("I21", "", facts_of((phone,), canaries=canaries)) is Verdict.OK
    assert verdict("I21", "", facts_of((named,), canaries=canaries)) is Verdict.VIOLATED
