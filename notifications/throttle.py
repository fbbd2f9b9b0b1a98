# SPDX-License-Identifier: EUPL-1.2
"""How fast mail may go to one domain, and over how many connections (calendar.md, section 7).

A token bucket per recipient domain that all workers share: in Redis when the cache is there, else in this
process. What a domain cannot take now stays in the outbox untouched and the next claim passes it by, so it
holds up nobody else. Urgent mail never waits; it is counted, so that bulk makes room for it.
"""

import logging
import math
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Protocol

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

#: A bucket holds what goes in this many seconds: small enough not to be a burst to a gateway.
BURST_SECONDS = 2.0
#: A process that counts by itself forgets full buckets above this number.
_MOST_BUCKETS = 10_000
_SMTP = "django.core.mail.backends.smtp.EmailBackend"

#: KEYS: a bucket per domain. ARGV: rate, capacity, forced (0/1), then how many are wanted of each.
#: Answers how many may go, and what is left (in thousandths), for every domain in one round trip.
_TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local rate, capacity, forced = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == '1'
local answer = {}
for i, key in ipairs(KEYS) do
  local wanted = tonumber(ARGV[3 + i])
  local bucket = redis.call('HMGET', key, 'left', 'at')
  local left = tonumber(bucket[1]) or capacity
  left = math.min(capacity, left + math.max(0, now - (tonumber(bucket[2]) or now)) * rate)
  local taken = forced and wanted or math.max(0, math.min(wanted, math.floor(left)))
  left = math.max(-capacity, left - taken)
  redis.call('HSET', key, 'left', tostring(left), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil(2000 * capacity / rate) + 1000)
  answer[#answer + 1] = taken
  answer[#answer + 1] = math.floor(left * 1000)
end
return answer
"""
#: KEYS: the connections in use, each until a moment. ARGV: how many there may be, mine, seconds.
_CONNECT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[2])
   and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[2])
redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[3]) * 1000) + 1000)
return 1
"""


class Store(Protocol):
    """Where buckets and connections are counted."""

    def take(
        self, wanted: Mapping[str, int], *, rate: float, capacity: float, forced: bool
    ) -> dict[str, tuple[int, float]]:
        """Per domain: how many may go now, and what is left in its bucket."""

    def connect(self, mine: str, *, most: int, seconds: float) -> bool:
        """Take, or keep, one of ``most`` connections for so long."""

    def disconnect(self, mine: str) -> None: ...


class InProcess:
    """For one worker process, or when Redis is away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}
        self._connections: dict[str, float] = {}

    def take(
        self, wanted: Mapping[str, int], *, rate: float, capacity: float, forced: bool
    ) -> dict[str, tuple[int, float]]:
        now, answer = time.monotonic(), {}
        with self._lock:
            for domain, number in wanted.items():
                left, at = self._buckets.get(domain, (capacity, now))
                left = min(capacity, left + (now - at) * rate)
                taken = number if forced else max(0, min(number, math.floor(left)))
                left = max(-capacity, left - taken)
                self._buckets[domain] = (left, now)
                answer[domain] = (taken, left)
            if len(self._buckets) > _MOST_BUCKETS:
                full = capacity / rate
                self._buckets = {k: v for k, v in self._buckets.items() if now - v[1] < 2 * full}
        return answer

    def connect(self, mine: str, *, most: int, seconds: float) -> bool:
        now = time.monotonic()
        with self._lock:
            self._connections = {k: end for k, end in self._connections.items() if end > now}
            if mine not in self._connections and len(self._connections) >= most:
                return False
            self._connections[mine] = now + seconds
            return True

    def disconnect(self, mine: str) -> None:
        with self._lock:
            self._connections.pop(mine, None)


class InRedis:
    """For all workers together: one script, so two workers never spend the same token."""

    def __init__(self, url: str, prefix: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
        self._prefix = f"{prefix}outbox:"
        self._take = self._redis.register_script(_TAKE)
        self._connect = self._redis.register_script(_CONNECT)

    def take(
        self, wanted: Mapping[str, int], *, rate: float, capacity: float, forced: bool
    ) -> dict[str, tuple[int, float]]:
        keys = [f"{self._prefix}rate:{domain}" for domain in wanted]
        found = self._take(keys=keys, args=[rate, capacity, int(forced), *wanted.values()])
        pairs = zip(found[::2], found[1::2], strict=True)
        return {domain: (t, left / 1000) for domain, (t, left) in zip(wanted, pairs, strict=True)}

    def connect(self, mine: str, *, most: int, seconds: float) -> bool:
        return bool(self._connect(keys=[f"{self._prefix}lines"], args=[most, mine, seconds]))

    def disconnect(self, mine: str) -> None:
        self._redis.zrem(f"{self._prefix}lines", mine)


_local = InProcess()


@cache
def _in_redis(url: str, prefix: str) -> InRedis:
    return InRedis(url, prefix)


def _store() -> Store:
    cache_settings = settings.CACHES["default"]
    if cache_settings["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
        return _in_redis(cache_settings["LOCATION"], cache_settings.get("KEY_PREFIX", ""))
    return _local


class Throttle:
    """What one drain may claim. ``rate`` is mails a second to one domain; 0: as fast as it goes."""

    def __init__(self, *, rate: float, connections: int = 0, store: Store | None = None) -> None:
        self._rate, self._most = rate, connections
        self._shared = store or _store()
        self._mine = uuid.uuid4().hex
        self._closed: dict[str, float] = {}

    @classmethod
    def of_settings(cls) -> "Throttle":
        """Only a mail server has to be spared: files and the tests' memory take everything."""
        if settings.EMAIL_BACKEND != _SMTP:
            return cls(rate=0, store=_local)
        return cls(rate=settings.MAIL_DOMAIN_RATE, connections=settings.MAIL_CONNECTIONS)

    def closed(self) -> list[str]:
        """Domains that had their share; ask again a moment later."""
        now = time.monotonic()
        self._closed = {domain: until for domain, until in self._closed.items() if until > now}
        return list(self._closed)

    def opens_in(self) -> float | None:
        """Seconds until the first of the closed domains may have more; None when none is closed."""
        now = time.monotonic()
        return max(0.0, min(self._closed.values()) - now) if self._closed else None

    def admit(self, domains: Iterable[str], *, forced: bool = False) -> Counter[str]:
        """How many of these may go now, per domain. ``forced``: all, and they count."""
        wanted = Counter(domains)
        if not self._rate or not wanted:
            return wanted
        # Also a rate of less than one mail in BURST_SECONDS lets one mail through, sometimes.
        capacity = max(1.0, self._rate * BURST_SECONDS)
        try:
            found = self._shared.take(wanted, rate=self._rate, capacity=capacity, forced=forced)
        except redis.RedisError as error:
            logger.warning("no Redis for the sending rate, counting here: %s", error)
            found = _local.take(wanted, rate=self._rate, capacity=capacity, forced=forced)
        now = time.monotonic()
        for domain, (taken, left) in found.items():
            if taken < wanted[domain]:
                worth_coming = min(capacity, max(1.0, self._rate))
                wait = (worth_coming - left) / self._rate
                self._closed[domain] = now + max(wait, 0.05)
        return Counter({domain: taken for domain, (taken, _left) in found.items()})

    def connect(self) -> bool:
        """Whether this drain may send what is not urgent: there is a bound on connections. Repeat it now and
        then to keep the connection."""
        if not self._most:
            return True
        seconds = float(settings.OUTBOX_LEASE_SECONDS)
        try:
            return self._shared.connect(self._mine, most=self._most, seconds=seconds)
        except redis.RedisError:
            return _local.connect(self._mine, most=self._most, seconds=seconds)

    def disconnect(self) -> None:
        if self._most:
            try:
                self._shared.disconnect(self._mine)
            except redis.RedisError:
                logger.debug("no Redis to give the connection back to; it ends by itself")
            _local.disconnect(self._mine)
