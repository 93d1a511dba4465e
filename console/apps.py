"""The console as a Django app: templatetags, admin and system checks."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Registers the system checks once Django is up."""

    name = "console"

    def ready(self) -> None:
        """Importing the module registers its checks."""
        from console import checks  # noqa: F401
