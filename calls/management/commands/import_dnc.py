"""Import a registry's file, however big, into the do-not-call list."""

from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from calls.audit.actor import system
from calls.dnc import actions, age, importing
from calls.dnc.models import DncImport, DncSource
from calls.lib.errors import Refusal
from calls.tenants.models import Tenant

OPERATOR = system("import_dnc")


class Command(BaseCommand):
    """`manage.py import_dnc --source us-national --as-of 2026-11-25 FILE`, line by line, never as a whole."""

    help = "Import a do-not-call registry: one number with its country code a line, or in the first column."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="its name, such as us-national")
        parser.add_argument("--tenant", default="", help="slug; left out: for every tenant")
        parser.add_argument("--title", default="", help="name it for people: adds a new registry")
        parser.add_argument("--max-age-days", type=int, default=31)
        parser.add_argument(
            "--as-of", required=True, help="the day the registry gave the file out: YYYY-MM-DD"
        )

        parser.add_argument(
            "--accept-shrink",
            action="store_true",
            help="this is the whole file, though it holds far fewer numbers than are in force",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path} is no file.")
        now = timezone.now()
        try:
            found = actions.start_import(
                source=_source(options, now),
                fetched_at=_born(options),
                accepts_shrink=options["accept_shrink"],
                actor=OPERATOR,
                now=now,
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            importing.carry(found, lines)
        self._report(found)

    def _report(self, found: DncImport) -> None:
        found.refresh_from_db()
        if found.state != DncImport.DONE:
            raise CommandError(found.problem or "Another import took over. Look at the Rules page.")
        self.stdout.write(
            f"{found.source.name}: {found.lines} lines, {found.added} added, {found.lifted} lifted,"
            f" {found.unreadable} unreadable."
        )


def _source(options: dict[str, Any], now: datetime) -> DncSource:
    tenant = Tenant.objects.filter(slug=options["tenant"]).first()
    if options["tenant"] and tenant is None:
        raise CommandError(f"There is no tenant {options['tenant']}.")
    source = DncSource.objects.filter(tenant=tenant, name=options["source"]).first()
    if source is None and not options["title"]:
        raise CommandError("There is no such registry. Give it a --title to add it.")
    return source or actions.add_source(
        tenant=tenant,
        name=options["source"],
        title=options["title"],
        max_age_days=options["max_age_days"],
        actor=OPERATOR,
        now=now,
    )


def _born(options: dict[str, Any]) -> datetime:
    """The day that was stated, on the tenant's clock; the file's own date proves nothing."""
    try:
        day = date.fromisoformat(options["as_of"])
    except ValueError:
        raise CommandError("Write --as-of like 2026-11-25.") from None
    tenant = Tenant.objects.filter(slug=options["tenant"]).first()
    return age.born(day, tenant.time_zone if tenant else "UTC")
