"""What a journey finds: a running platform after the demo was played, and who lives on it."""

import json
from dataclasses import dataclass
from typing import Any

from launcher.stack import Stack
from regrade import demo
from regrade.platform import Caller, Platform, wait_for
from regrade.story import Member, Story


class Said:
    """Keeps what the demo told while it played."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def began(self, step: str) -> None:
        del step

    def advanced(self, step: str, done_bytes: int, total_bytes: int) -> None:
        del step, done_bytes, total_bytes

    def finished(self, step: str) -> None:
        self.steps.append(step)

    def said(self, sentence: str) -> None:
        self.steps.append(sentence)


@dataclass(frozen=True)
class World:
    """The running platform after the demo was played, and who lives on it."""

    stack: Stack
    platform: Platform
    story: Story
    contract: dict[str, Any]
    played: list[str]
    buyer: Member
    sellers: list[Member]


def settled(stack: Stack, said: Said) -> World:
    """The world of a running stack on which the demo was played."""
    contract = json.loads(stack.paths.demo.read_text())
    platform = Platform(stack.url("gateway"), stack.url("sandbox"))
    story = Story(platform, stack.secrets["operator_api_key"], stack.secrets["internal_token"])
    buyer = story.buyer(demo.BUYER, known_key=contract["buyers"][0]["api_key"])
    sellers = [
        story.seller(card, [regime], contract["sellers"][n]["api_key"])
        for n, (card, regime, _) in enumerate(demo.SELLERS)
    ]
    return World(stack, platform, story, contract, said.steps, buyer, sellers)


def at_rest(world: World) -> None:
    """Wait until nothing is under way: every part was quiet twice in a row, for a fact may be between two of them."""
    looks = 0

    def quiet() -> bool | None:
        nonlocal looks
        status = world.story.operator.get("/v1/operator/status")
        inside = all(one["up"] and one["outbox_pending"] == one["timers_due"] == one["lag"] == 0 for one in status)
        looks = looks + 1 if inside and world.platform.outside.get("/clock")["pending"] == 0 else 0
        return looks == 2 or None

    wait_for(quiet, "the platform to be at rest")


def auditor_of(stack: Stack, platform: Platform) -> Caller:
    """Who may read everything, and write nothing."""
    return platform.with_key(stack.secrets["auditor_api_key"])
