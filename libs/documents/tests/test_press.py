"""The press: papers from another process, errors too, and a new process after a death."""

import asyncio
import os
import signal
from dataclasses import replace

import pytest

from documents import purchase_order
from documents.errors import TotalsDoNotAdd
from documents.press import NICENESS, Press, PressBroke

from .paper_builders import an_order


def pid_and_niceness(_: None) -> tuple[int, int]:
    return os.getpid(), os.nice(0)


def die(_: None) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_paper_is_the_same_as_made_here() -> None:
    order = an_order()

    async def story() -> bytes:
        return await Press().make(purchase_order.render, order)

    assert asyncio.run(story()) == purchase_order.render(order)


def test_what_the_paper_raises_is_raised_here() -> None:
    wrong = replace(an_order(), gross_minor=1)

    async def story() -> None:
        with pytest.raises(TotalsDoNotAdd):
            await Press().make(purchase_order.render, wrong)

    asyncio.run(story())


def test_it_is_another_process_behind_all_others_and_stays_warm() -> None:
    async def story() -> None:
        press = Press()
        first, second = [await press.make(pid_and_niceness, None) for _ in range(2)]
        assert first == second
        assert first[0] != os.getpid()
        assert first[1] == min(19, os.nice(0) + NICENESS)

    asyncio.run(story())


def test_a_press_that_is_killed_is_told_of_and_replaced() -> None:
    async def story() -> None:
        press = Press()
        before, _ = await press.make(pid_and_niceness, None)
        with pytest.raises(PressBroke):
            await press.make(die, None)
        after, _ = await press.make(pid_and_niceness, None)
        assert after != before

    asyncio.run(story())
