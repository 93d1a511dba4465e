#!/usr/bin/env python
"""Django's command line, with Greenlight's settings."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    # A migration or a command over all rows takes the time it takes; workers and the web do not.
    os.environ.update(STATEMENT_TIMEOUT="0", LOCK_TIMEOUT="0")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
