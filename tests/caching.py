# SPDX-License-Identifier: EUPL-1.2
"""An empty cache for this test alone: parallel workers share one Redis database."""

from django.conf import settings
from django.core.cache import cache


def empty() -> None:
    if not settings.POSTGRES:
        cache.clear()
        return
    client = cache._cache.get_client(write=True)  # clear() would empty the whole Redis database
    for key in client.scan_iter(match=f"{cache.key_prefix}:*", count=1000):
        client.delete(key)
