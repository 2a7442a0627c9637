"""Whether a line is open: around midnight, in weekends, on holidays and when the clock changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.content import load
from bot.help.hours import Hours

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(text: str) -> datetime:
    """A moment as the clock in Amsterdam shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def hours(days: str, start: str, end: str, holidays: str = "closed", zone: str = "NL") -> Hours:
    return Hours.parse_obj({"weekly": [{"days": days, "from": start, "to": end}], "holidays": holidays, "zone": zone})


OFFICE = hours("ma-vr", "9:00", "21:00")
EVERY_DAY = hours("ma-zo", "11:00", "21:00")
NIGHT = hours("vr", "22:00", "2:00")


@pytest.mark.parametrize(
    ("line", "moment", "says"),
    [
        (OFFICE, "2026-11-24 08:59", "nu dicht, opent om 9 uur"),
        (OFFICE, "2026-11-24 09:00", "nu open"),
        (OFFICE, "2026-11-24 20:59", "nu open"),
        (OFFICE, "2026-11-24 21:00", "nu dicht, opent morgen om 9 uur"),
        (OFFICE, "2026-11-27 23:59", "nu dicht, opent maandag om 9 uur"),
        (OFFICE, "2026-11-28 00:00", "nu dicht, opent maandag om 9 uur"),
        (OFFICE, "2026-11-29 12:00", "nu dicht, opent morgen om 9 uur"),
        (NIGHT, "2026-11-27 23:59", "nu open"),
        (NIGHT, "2026-11-28 00:00", "nu open"),
        (NIGHT, "2026-11-28 01:59", "nu open"),
        (NIGHT, "2026-11-28 02:00", "nu dicht, opent vrijdag om 22 uur"),
        (hours("di", "19:00", "21:30"), "2026-11-24 21:30", "nu dicht, opent volgende week dinsdag om 19 uur"),
        (hours("ma, do", "18:30", "0:00"), "2026-11-26 23:59", "nu open"),
        (hours("ma, do", "18:30", "0:00"), "2026-11-27 00:00", "nu dicht, opent maandag om 18.30 uur"),
    ],
)
def test_a_line_says_whether_it_is_open_and_when_it_opens(line, moment, says):
    assert line.now_text(at(moment)) == says


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("2026-04-27 12:00", "nu dicht, opent morgen om 11 uur"),  # King's Day, a Monday
        ("2025-04-26 12:00", "nu dicht, opent morgen om 11 uur"),  # a day early: the 27th was a Sunday
        ("2025-04-27 12:00", "nu open"),
        ("2026-12-24 22:00", "nu dicht, opent zondag om 11 uur"),  # both Christmas days are passed over
        ("2026-12-25 12:00", "nu dicht, opent zondag om 11 uur"),
        ("2026-12-27 12:00", "nu open"),
        ("2027-01-01 12:00", "nu dicht, opent morgen om 11 uur"),
    ],
)
def test_a_line_that_closes_on_holidays_is_closed_then(moment, says):
    assert EVERY_DAY.now_text(at(moment)) == says


def test_a_line_that_is_open_on_holidays_stays_open():
    assert hours("ma-zo", "11:00", "21:00", holidays="open").now_text(at("2026-12-25 12:00")) == "nu open"


def test_where_it_is_not_known_whether_a_line_is_open_on_a_holiday_nothing_is_promised():
    line = hours("ma-vr", "9:00", "21:00", holidays="unknown")
    assert line.now_text(at("2026-12-25 12:00")) == "vandaag is een feestdag, misschien dicht"
    assert not line.is_open(at("2026-12-25 12:00"))
    assert line.now_text(at("2026-12-24 22:00")) == "nu dicht, opent maandag om 9 uur"


def test_belgian_holidays_are_those_of_belgium():
    line = hours("ma-vr", "9:00", "18:00", zone="BE")
    assert line.now_text(at("2026-07-21 12:00")) == "nu dicht, opent morgen om 9 uur"  # national day
    assert line.now_text(at("2026-04-27 12:00")) == "nu open"


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        # 29 March 2026: at 2:00 the clock goes to 3:00, so 1:30 UTC is 3:30 in Amsterdam
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), True),  # 1:59
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), False),  # 3:00
        # 25 October 2026: at 3:00 the clock goes back to 2:00, so 2:30 comes twice
        (datetime(2026, 10, 24, 23, 59, tzinfo=UTC), True),  # 1:59
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),  # 2:30, the first time
    ],
)
def test_hours_hold_when_the_clock_changes(moment, open_now):
    assert hours("ma-zo", "0:00", "3:00", holidays="open").is_open(moment) is open_now


@pytest.mark.parametrize(
    ("day", "utc_hour"), [("2026-03-28", 8), ("2026-03-30", 7), ("2026-10-24", 7), ("2026-10-26", 8)]
)
def test_nine_o_clock_is_nine_in_amsterdam_in_summer_and_in_winter(day, utc_hour):
    line = hours("ma-zo", "9:00", "17:00")
    opening = datetime.fromisoformat(day).replace(hour=utc_hour, tzinfo=UTC)
    assert line.is_open(opening)
    assert not line.is_open(opening.replace(hour=utc_hour - 1, minute=59))


def test_hours_in_words_come_from_the_data():
    assert str(Hours(always=True)) == "dag en nacht"
    assert str(OFFICE) == "maandag tot en met vrijdag 9 tot 21 uur"
    assert str(EVERY_DAY) == "elke dag 11 tot 21 uur"
    assert str(hours("di, do", "9:30", "0:00")) == "dinsdag en donderdag 9.30 tot 24 uur"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"always": True, "note": "x"},
        {"weekly": [{"days": "vr-ma", "from": "9:00", "to": "17:00"}]},
        {"weekly": [{"days": "mon", "from": "9:00", "to": "17:00"}]},
        {"weekly": [{"days": "ma", "from": "9", "to": "17:00"}]},
        {"weekly": [{"days": "ma", "from": 540, "to": "25:00"}]},
    ],
)
def test_hours_that_say_nothing_or_two_things_are_refused(wrong):
    with pytest.raises(ValidationError):
        Hours.parse_obj(wrong)


def test_a_line_without_known_hours_never_says_that_it_is_open():
    for line in load().lines.values():
        if line.hours.note:
            assert line.hours.now_text(at("2026-11-24 12:00")) is None
            assert line.hours.note in line.line()
