"""What is asked at the same time is asked once: API keys, and what mails are written from."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from chassis.testing.wait import until
from chassis.web.problems import Problem
from gateway.clients.mail_server import CONNECTIONS_MAX
from gateway.clients.shared_reads import SharedReads
from gateway.clients.tokens import ApiKeys
from gateway.domain.delivery import Template
from gateway.domain.errors import ServiceSilent
from gateway.tests.builders import a_delivery
from gateway.tests.test_clients.mail_world import Mailbox, World
from gateway.tests.test_clients.test_mail_server import desk

Answer = Callable[[httpx.Request], httpx.Response]


class Slow:
    """A service that answers when it is told to; `asked` holds the paths."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[str] = []
        self.go_on = asyncio.Event()
        self._answer = answer
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._serve))

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        await self.go_on.wait()
        return self._answer(request)

    async def were_asked(self, times: int) -> None:
        await until(self._count, times)

    async def _count(self) -> int:
        return len(self.asked)


async def test_a_key_that_many_bring_at_once_is_exchanged_once() -> None:
    slow = Slow(lambda request: httpx.Response(200, json={"access_token": "short"}))
    keys = ApiKeys(slow.client, "http://accounts", "inside")
    callers = [asyncio.create_task(keys.token_for("rgk_a")) for _ in range(20)]
    await slow.were_asked(1)
    # Whoever began it hangs up.
    callers[0].cancel()
    slow.go_on.set()
    assert await asyncio.gather(*callers[1:]) == ["short"] * 19
    assert await keys.token_for("rgk_a") == "short"
    assert slow.asked == ["/internal/tokens"]


async def test_a_key_that_is_refused_is_refused_to_all_and_asked_about_again() -> None:
    slow = Slow(lambda request: httpx.Response(401))
    slow.go_on.set()
    keys = ApiKeys(slow.client, "http://accounts", "inside")
    for times in (1, 2):
        refused = await asyncio.gather(*(keys.token_for("rgk_a") for _ in range(5)), return_exceptions=True)
        assert [one.status_code for one in refused if isinstance(one, Problem)] == [401] * 5
        assert len(slow.asked) == times


async def test_the_same_read_is_made_once_and_one_that_fails_leaves_the_others_alone() -> None:
    slow = Slow(
        lambda request: httpx.Response(500 if "bad" in request.url.path else 200, json={"at": request.url.path})
    )
    services = SharedReads(slow.client, {"orders": "http://orders"}, "inside")
    paths = ["/a", "/b", "/bad", "/a", "/bad"]
    calls = [asyncio.create_task(services.call("orders", "GET", path)) for path in paths]
    await slow.were_asked(3)
    # This one comes too late for the answer that is under way.
    late = asyncio.create_task(services.call("orders", "GET", "/a"))
    slow.go_on.set()
    a, b, bad, again, bad_again = await asyncio.gather(*calls, return_exceptions=True)
    assert (a, b, again) == ({"at": "/a"}, {"at": "/b"}, {"at": "/a"})
    assert isinstance(bad, ServiceSilent)
    assert isinstance(bad_again, ServiceSilent)
    assert await late == {"at": "/a"}
    assert sorted(slow.asked) == ["/a", "/a", "/b", "/bad"]


async def test_whatever_writes_is_sent_each_time() -> None:
    slow = Slow(lambda request: httpx.Response(200, json={}))
    slow.go_on.set()
    services = SharedReads(slow.client, {"orders": "http://orders"}, "inside")
    await asyncio.gather(*(services.call("orders", "POST", "/a") for _ in range(3)))
    assert slow.asked == ["/a"] * 3


@pytest.mark.parametrize("mails", [3, 20])
async def test_many_mails_at_once_share_few_connections(mails: int) -> None:
    mailbox = Mailbox()
    written = [await desk(World()).write(a_delivery(Template.PURCHASE_ORDER)) for _ in range(mails)]
    async with mailbox.listening() as server:
        await asyncio.gather(*(server.send(one.message) for one in written))
    assert len(mailbox.mails) == mails
    assert len(mailbox.connections) <= CONNECTIONS_MAX
