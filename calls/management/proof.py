"""Checking the chains of one table and saying what was found, one line per tenant and per flaw."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from calls.audit import anchoring, chain, queries
from calls.audit.chain import Flaw, Mark, Report
from calls.audit.models import SealedRow
from calls.tenants.models import Tenant

Marks = dict[UUID | None, list[Mark]]


class ProofCommand(BaseCommand):
    """The command of one table; exit code 1 when anything is wrong."""

    table: type[SealedRow]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--tenant acme` checks that tenant alone."""
        parser.add_argument("--tenant", help="the slug of one tenant, instead of all")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        # Before the rows: what is sealed meanwhile can then only be further than its anchor.
        marks, wrong = anchoring.read_anchors(self.table)
        for flaw in wrong:
            self.stdout.write(f"  Anchors, {flaw.row}: {flaw.says}")
        flaws = len(wrong)
        for tenant_id, name in _chains(self.table, marks, options["tenant"]):
            report = _check(self.table, tenant_id, marks, now)
            self.stdout.write(
                _summary(name, str(self.table._meta.verbose_name_plural), report, now)
            )
            for flaw in report.flaws:
                self.stdout.write(_line(flaw))
            if report.more:
                self.stdout.write(f"  and {report.more:,} more.")
            flaws += len(report.flaws) + report.more
        if flaws:
            raise CommandError(f"{flaws:,} found wrong; docs/proof.md says what each can mean.")


def _chains(
    table: type[SealedRow], marks: Marks, slug: str | None
) -> list[tuple[UUID | None, str]]:
    names = {tenant.pk: tenant.name for tenant in Tenant.objects.order_by("name")}
    if slug:
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            raise CommandError(f"No tenant has the slug {slug!r}; leave --tenant out to check all.")
        return [(tenant.pk, tenant.name)]
    others = (queries.tenants_of(table) | set(marks)) - set(names)
    return [*names.items(), *((other, _stranger(other)) for other in sorted(others, key=str))]


def _stranger(tenant_id: UUID | None) -> str:
    return f"Unknown tenant {tenant_id.hex}" if tenant_id else "The installation"


def _check(table: type[SealedRow], tenant_id: UUID | None, marks: Marks, now: datetime) -> Report:
    start, rows = chain.first_seal(table.CHAIN, tenant_id), queries.links(table, tenant_id)
    return chain.verify(start, rows, marks.get(tenant_id, []), now=now)


def _summary(name: str, noun: str, report: Report, now: datetime) -> str:
    wrong = len(report.flaws) + report.more
    facts = [
        f"{report.rows:,} {noun}",
        f"sealed to number {report.head:,}",
        *([f"{report.waiting:,} waiting for a seal"] if report.waiting else []),
        *([f"{report.hashed_late:,} hashed when sealed"] if report.hashed_late else []),
        _anchored(report.anchored, now),
    ]
    return f"{name}: {', '.join(facts)}: {f'{wrong:,} wrong' if wrong else 'intact'}"


def _anchored(mark: Mark | None, now: datetime) -> str:
    if mark is None:
        return "never anchored"
    at = mark.at.astimezone(UTC)
    return f"last anchored {at:%H:%M} UTC{'' if at.date() == now.date() else f' on {at:%Y-%m-%d}'}"


def _line(flaw: Flaw) -> str:
    number = "" if flaw.number is None else f"number {flaw.number:,}"
    return f"  {', '.join(filter(None, [flaw.row, number]))}: {flaw.says}"
