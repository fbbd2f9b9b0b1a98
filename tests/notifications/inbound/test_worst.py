# SPDX-License-Identifier: EUPL-1.2
"""Mails made to keep us busy: ten megabytes in the worst shapes cost seconds of one processor and some ten
times their size in memory, and always end as a row."""

import time
import tracemalloc

import pytest

from notifications.inbound.receiving import receive
from tests.notifications.inbound import shapes

HEAD = "\r\n".join(shapes.head(shapes.Envelope())).encode() + b"\r\n"
#: Seconds of processor time; ordinary is under one.
BOUND = 10.0
MOST_MEMORY = 150 * 1024 * 1024


def nested(levels):
    octets = HEAD
    for level in range(levels):
        octets += b'Content-Type: multipart/mixed; boundary="g%d"\r\n\r\n--g%d\r\n' % (level, level)
    return octets + b"Content-Type: text/plain\r\n\r\n" + (b"y" * 45 + b"\n") * 195_000


PARAMETERS = b"--GRENS\r\nContent-Type: text/plain" + b";a" * 1000 + b"\r\n\r\nx\r\n"
WORST = {
    "levels": (nested(18), "free_text"),
    "one_line": (HEAD + b"\r\n" + b"x" * 10_000_000, "free_text"),
    "encoded_words": (b"Subject: " + b"=?x?q?a?= " * 1_000_000 + b"\r\n\r\nhoi", "free_text"),
    "addresses": (b"From: " + b"(<@," * 2_000_000 + b"\r\n\r\nhoi", "broken"),
    "parameters": (
        HEAD + b'Content-Type: multipart/mixed; boundary="GRENS"\r\n\r\n' + PARAMETERS * 990,
        "free_text",
    ),
    "tags": (HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 3_000_000, "broken"),
    "headers": (b"".join(b"X-%d: y\r\n" % n for n in range(199_000)) + b"\r\nhoi", "free_text"),
    "nul": (b"\x00" * 10_000_000, "free_text"),
}


@pytest.mark.parametrize("case", WORST)
def test_hostile_mail_costs_little_and_ends_as_a_row(case, db):
    raw, expected = WORST[case]
    start = time.process_time()
    row = receive(raw).row
    spent = time.process_time() - start
    assert (row.outcome, row.state) == (expected, "queued")
    assert spent < BOUND


@pytest.mark.parametrize("case", ["one_line", "nul"])
def test_ten_megabytes_stay_within_bounds_in_memory(case, db):
    raw, _expected = WORST[case]
    tracemalloc.start()
    try:
        receive(raw)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY
