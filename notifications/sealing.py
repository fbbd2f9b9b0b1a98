# SPDX-License-Identifier: EUPL-1.2
"""Encryption of the few values in the outbox that open a door: login codes.

The key follows from SECRET_KEY, so somebody with only a copy of the database cannot read them.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.crypto import salted_hmac


@lru_cache(maxsize=2)
def _fernet(secret_key: str) -> Fernet:
    digest = salted_hmac(
        "notifications.secrets", "outbox", secret=secret_key, algorithm="sha256"
    ).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def seal(plain: bytes) -> bytes:
    return _fernet(settings.SECRET_KEY).encrypt(plain)


def open_sealed(sealed: bytes) -> bytes:
    """Raises cryptography.fernet.InvalidToken when SECRET_KEY changed or the bytes were touched."""
    return _fernet(settings.SECRET_KEY).decrypt(sealed)
