"""What would break without a key, in lines to be read before it ends."""

from datetime import datetime

from django.utils.translation import gettext, ngettext

from calls.records.queries import Asked, asked_with
from calls.tenants.models import ApiKey
from calls.tenants.queries import uses_of


def lines_about(key: ApiKey, *, now: datetime) -> list[str]:
    """The calls it asked for, the calls that wait, and each endpoint it used in seven days."""
    counts = asked_with([key.public_id], tenant_id=key.tenant_id, now=now)
    uses = uses_of(key, now=now)
    lines = _calls(counts.get(key.public_id, Asked())) if key.tenant_id else []
    lines += [
        gettext("%(endpoint)s%(scope)s: at least %(count)d times in 7 days, last %(at)s UTC")
        % {
            "endpoint": use.endpoint,
            "scope": f" ({use.scope})" if use.scope else "",
            "count": use.count,
            "at": f"{use.last_at:%Y-%m-%d %H:%M}",
        }
        for use in uses
    ]
    return lines if uses else [*lines, gettext("Not used in the last 7 days.")]


def _calls(asked: Asked) -> list[str]:
    lately = ngettext(
        "%(day)d call asked for in 24 hours, %(week)d in 7 days",
        "%(day)d calls asked for in 24 hours, %(week)d in 7 days",
        asked.last_day,
    ) % {"day": asked.last_day, "week": asked.last_week}
    waiting = ngettext("%(n)d call waits", "%(n)d calls wait", asked.waiting)
    return [lately, waiting % {"n": asked.waiting}]
