"""Numbers somebody looks for: kept in the session under a short name, so that no URL carries one."""

import secrets
from collections.abc import Iterable
from uuid import UUID

from django.http import QueryDict

from calls.lib import ids
from console.access import TenantRequest

KEY = "number_searches"
MOST_KEPT = 20
LONGEST = 32


def keep(request: TenantRequest, number: str) -> str:
    """The list's query for what was looked for: a reference as it is, a number under a name of its own."""
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    for name in ("search", "before", "after"):
        query.pop(name, None)
    number = number.strip()[:LONGEST]
    if any(character.isalpha() for character in number):
        query["reference"] = number  # no telephone number has letters, so nothing private is in it
    elif number:
        query["search"] = keep_number(request, number)
    return query.urlencode()


def keep_number(request: TenantRequest, number: str) -> str:
    """The name under which this session knows a number from now on; the same number keeps its name."""
    number, slug = number.strip()[:LONGEST], request.tenant.slug
    others = [one for one in request.session.get(KEY, []) if one[1:] != [slug, number]]
    known = [one for one in request.session.get(KEY, []) if one[1:] == [slug, number]]
    name = str(known[0][0]) if known else secrets.token_hex(4)
    request.session[KEY] = [*others, [name, slug, number]][-MOST_KEPT:]
    return name


def recall(request: TenantRequest) -> str | None:
    """The number behind this URL's `search`; None when it is not of this session, "" without one."""
    name = request.GET.get("search", "")
    if not name:
        return ""
    for kept, slug, number in request.session.get(KEY, []):
        if kept == name and slug == request.tenant.slug:
            return str(number)
    return None


def ids_of(prefix: str, texts: Iterable[str]) -> list[UUID]:
    """The public ids among these texts."""
    found = (ids.parse(prefix, text) for text in texts)
    return [key for key in found if key is not None]
