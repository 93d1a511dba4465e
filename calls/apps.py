"""The one Django app of the domain."""

from django.apps import AppConfig


class CallsConfig(AppConfig):
    """Every room's tables live under the label `calls`."""

    name = "calls"
    verbose_name = "Greenlight"
    default_auto_field = "django.db.models.BigAutoField"
