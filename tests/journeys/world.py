"""What a journey finds: a running platform after the demo was played, and who lives on it."""

from dataclasses import dataclass
from typing import Any

from launcher.stack import Stack
from regrade.platform import Platform
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
