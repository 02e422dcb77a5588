"""What mails need to know of a market: whose clocks its people read."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from chassis.kernel.calendar import calendar
from chassis.policy_files import Markets


def zones(markets: Markets, today: Callable[[], date]) -> Callable[[str | None], ZoneInfo]:
    """The time zone of a market's calendar, by the market's name; None is the default market."""

    def zone_of(market: str | None) -> ZoneInfo:
        pack = markets.pack(market or markets.default(), on=today())
        return ZoneInfo(calendar(pack.text("calendars.market")).zone)

    return zone_of
