"""The Django project and the staff's web pages. It holds no business rule."""

from console.celery import app

__all__ = ["app"]
