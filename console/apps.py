"""The console as a Django app: templatetags, admin and system checks."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import apps as django_admin


class ConsoleConfig(AppConfig):
    """Registers the system checks, and stops what would be unsafe to run."""

    name = "console"

    def ready(self) -> None:
        """Web, workers and commands all pass here: none starts on sample keys or by wrong rules."""
        from calls.lib import cut
        from console import checks

        checks.refuse_unsafe_start()
        checks.refuse_wrong_rules()
        cut.arm(settings.GREENLIGHT_CUT)


class AdminConfig(django_admin.AdminConfig):
    """The Django admin behind our own door."""

    default = False
    default_site = "console.admin_site.Site"
