"""Put everything that is sealed in the database under the first key of ENCRYPTION_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from calls.keyring.actions import Count, reseal_place
from calls.keyring.places import PLACES
from calls.lib.secrets import key_id


class Command(BaseCommand):
    """`manage.py rotate_secrets`, until it says that nothing was left; then the old key can go."""

    help = "Reseal carrier credentials, hook secrets and second factors with the first key of ENCRYPTION_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Place by place; what nobody can open is named at the end, after all else was done."""
        dry_run, lost = options["dry_run"], []
        self.stdout.write(
            f"The first key of ENCRYPTION_KEYS is {key_id(settings.ENCRYPTION_KEYS[0])}."
        )
        for place in PLACES:
            count = reseal_place(place=place, dry_run=dry_run)
            self.stdout.write(f"{place}: {_told(count, dry_run)}")
            lost += [f"{name} ({place.column}) wants key {wanted}" for name, wanted in count.lost]
        if lost:
            put_back = (
                "Put the key back behind the first one and run this again, or give new secrets."
            )
            raise CommandError(f"Undecryptable: {'; '.join(lost)}. {put_back}")


def _told(count: Count, dry_run: bool) -> str:
    word = "to reseal" if dry_run else "resealed"
    lost = len(count.lost)
    return f"{count.resealed} {word}, {count.current} under the first key, {lost} undecryptable"
