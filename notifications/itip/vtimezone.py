# SPDX-License-Identifier: EUPL-1.2
"""The one VTIMEZONE of every invitation (calendar.md, section 3).

A constant with RRULEs, because what icalendar generates from a zone goes wrong in Thunderbird's parser:
it reads only the first of several RDATEs, and every summer hour came out one hour late. A test compares
it with zoneinfo for ten years, so a change of law turns that test red.
"""

TZID = "Europe/Amsterdam"

VTIMEZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
X-LIC-LOCATION:Europe/Amsterdam
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
""".replace("\n", "\r\n")

OCTETS = VTIMEZONE.encode()
