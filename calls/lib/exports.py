"""Files that leave the house and can be proven later: a record, its digest and our signature over it.

Whoever changes one character of the record is found out by `manage.py verify_export`, without a network
and without the database; only the installation's secret key is needed.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder

SALT = "greenlight.export"


class NotGenuine(ValueError):
    """The file is not what this installation wrote; the message says in what."""


def digest_of(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record, whatever the order and spacing of its file."""
    canonical = json.dumps(
        record, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def written(record: Mapping[str, Any]) -> tuple[bytes, str]:
    """The file for a record, and its digest."""
    digest = digest_of(record)
    whole = {"record": record, "sha256": digest, "signature": _signer().signature(digest)}
    text = json.dumps(whole, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return text.encode(), digest


def read(raw: bytes) -> dict[str, Any]:
    """The record in a file this installation wrote. Raises NotGenuine."""
    try:
        whole = json.loads(raw, object_pairs_hook=_each_once)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise NotGenuine("This is no export: it cannot be read as JSON.") from None
    if not isinstance(whole, dict) or set(whole) != {"record", "sha256", "signature"}:
        raise NotGenuine("This is no export: it is not made of record, sha256 and signature.")
    record, digest, signature = whole["record"], whole["sha256"], whole["signature"]
    if not isinstance(record, dict) or digest_of(record) != digest:
        raise NotGenuine("The record was changed after it was written: its digest is another.")
    try:
        _signer().unsign(f"{digest}:{signature}")
    except signing.BadSignature:
        raise NotGenuine("This installation did not sign this file.") from None
    return record


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name given twice could show one value to people and another to us."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotGenuine("The record was changed after it was written: a name stands in it twice.")
    return found
