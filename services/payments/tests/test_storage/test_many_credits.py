"""Many buyers pay at once: their messages share transactions, and no two transactions wait for each other."""

import asyncio
import random

import pytest

from services.payments.tests.world import World

pytestmark = pytest.mark.storage

BUYERS, CREDITS = 6, 240


async def test_credits_of_the_same_buyers_in_any_order_never_lock_each_other_out(world: World) -> None:
    chance = random.Random(6)
    buyers = [await world.buyer() for _ in range(BUYERS)]
    credits = [await world.wire(chance.choice(buyers), 100 + n, hear=False) for n in range(CREDITS)]
    await asyncio.gather(*[world.hear_of(credit) for credit in credits])
    (locked_out,) = await world.rows("select deadlocks from pg_stat_database where datname = current_database()")
    assert locked_out.deadlocks == 0
    balances = await world.balances()
    assert sum(balance for name, balance in balances.items() if name.startswith("buyer.unapplied")) == sum(
        credit.amount.minor for credit in credits
    )
    await world.audit()
