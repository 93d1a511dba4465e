"""Tell whether a file is an export this installation wrote, unchanged."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.lib import exports


class Command(BaseCommand):
    """`manage.py verify_export FILE`: works without a network and without the database."""

    help = "Check the digest and the signature of an exported file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            record = exports.read(options["file"].read_bytes())
        except OSError as problem:
            raise CommandError(f"The file cannot be read: {problem.strerror}.") from None
        except exports.NotGenuine as problem:
            raise CommandError(str(problem)) from None
        digest = exports.digest_of(record)
        self.stdout.write(
            f"Genuine: written by this installation on {record.get('written_at')}, unchanged since."
            f" SHA-256 {digest}."
        )
