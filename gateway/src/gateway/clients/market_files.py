"""What mails need to know of a market: whose clocks its people read."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from chassis.kernel.calendar import calendar
from chassis.policy_files import Markets


def zones(markets: Markets, today: Callable[[], date]) -> Callable[[str], ZoneInfo]:
    """The time zone of a market's calendar, by the market's name."""

    def zone_of(market: str) -> ZoneInfo:
        return ZoneInfo(calendar(markets.pack(market, on=today()).text("calendars.market")).zone)

    return zone_of
