"""The Finnish days off, worked out a second time and in another way."""

from datetime import date, timedelta


def easter(year: int) -> date:
    """Easter Sunday by the rule of Butcher, in the form of Meeus."""
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def is_day_off(day: date) -> bool:
    """Act 150/1930 5 §: holy day, Independence Day, 1 May, the eves, Saturday."""
    if day.weekday() in {5, 6}:
        return True
    if (day.month, day.day) in {
        (1, 1),
        (1, 6),
        (5, 1),
        (12, 6),
        (12, 24),
        (12, 25),
        (12, 26),
    }:
        return True
    if (day - easter(day.year)).days in {-2, 1, 39}:
        return True
    # Midsummer Day is the Saturday of 20-26 June, so its eve is the Friday of 19-25.
    return day.month == 6 and 19 <= day.day <= 25 and day.weekday() == 4


def every_day(first_year: int, last_year: int) -> list[date]:
    first = date(first_year, 1, 1)
    return [
        first + timedelta(index)
        for index in range((date(last_year + 1, 1, 1) - first).days)
    ]
