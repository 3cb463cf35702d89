"""The digests that archive records carry, checked where no checksum of the container does it already."""

from __future__ import annotations

import base64
import binascii
import hashlib

_KNOWN = frozenset({"sha1", "sha256", "sha512", "md5"})


def digest_matches(declared: bytes, block: bytes) -> bool | None:
    """Whether *block* has the digest *declared* (``sha1:BASE32`` or hexadecimal); None when that cannot be said."""
    label, _, value = declared.decode("ascii", "replace").strip().partition(":")
    name = label.lower().replace("-", "")
    if name not in _KNOWN or not value:
        return None
    actual = hashlib.new(name, block, usedforsecurity=False)
    if len(value) == 2 * actual.digest_size:
        return value.lower() == actual.hexdigest()
    try:
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8)) == actual.digest()
    except (binascii.Error, ValueError):
        return None
