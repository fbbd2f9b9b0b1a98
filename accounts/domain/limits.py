# SPDX-License-Identifier: EUPL-1.2
"""How often something may happen, counted in the cache (Redis in production) in fixed windows.

What is counted is stored as a keyed hash: the cache holds no addresses.
"""

import ipaddress
import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from accounts.errors import CannotCount
from base import clock

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    scope: str
    times: int
    seconds: int

    def allows(self, key: str) -> bool:
        """Counts one more; False when that is more than ``times`` in this window.

        Raises CannotCount when the cache does not answer: what cannot be counted is not let through.
        """
        try:
            return self._count(key)
        except RedisError as broken:
            logger.warning("limit %s cannot be counted: %s", self.scope, type(broken).__name__)
            raise CannotCount from broken

    def _count(self, key: str) -> bool:
        window = int(clock.now().timestamp()) // self.seconds
        digest = salted_hmac("accounts.limits", key, algorithm="sha256").hexdigest()[:32]
        name = f"limit:{self.scope}:{window}:{digest}"
        if cache.add(name, 1, timeout=self.seconds):
            return self.times >= 1
        try:
            return cache.incr(name) <= self.times
        except ValueError:  # evicted between add and incr
            return True


def client_ip(request: HttpRequest) -> str:
    """The visitor's address. ``TRUSTED_PROXIES`` (0) says how many reverse proxies of our own stand in
    front: the address that the outermost of them saw counts, whatever the visitor wrote before it."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    proxies: int = settings.TRUSTED_PROXIES
    if proxies:
        hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(hops) >= proxies:
            try:
                return str(ipaddress.ip_address(hops[-proxies].strip()))
            except ValueError:
                return remote
    return remote


def network(ip: str) -> str:
    """What one visitor can choose freely from counts as one: an IPv6 /64."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if address.version == 6:  # noqa: PLR2004
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)
