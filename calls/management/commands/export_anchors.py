"""Seal what waits and write the heads of all chains down now, not only in the next hour."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from calls.audit import actions as audit
from calls.audit import anchoring, queries


class Command(BaseCommand):
    """`manage.py export_anchors`: before maintenance, or before ANCHOR_DIR is copied away."""

    help = "Anchor the heads of all chains now."

    def handle(self, *args: Any, **options: Any) -> None:
        audit.seal_waiting()
        now, lines = timezone.now(), 0
        try:
            for table in queries.sealed_tables():
                lines += anchoring.anchor_table(table, now=now, at_once=True)
        except OSError as error:
            raise CommandError(f"{settings.ANCHOR_DIR} cannot be written: {error}") from error
        self.stdout.write(f"{lines} anchors written to {settings.ANCHOR_DIR}.")
