"""A Django project: Django has one of them in a process, so all tests of hosts share it."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp

from tests.web.consoles import HOST


def application() -> ASGIApp:
    """Its ASGI application."""
    import django
    from django.conf import settings
    from django.core.asgi import get_asgi_application

    if not settings.configured:
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=[HOST], SECRET_KEY="of a test", DEBUG=False)
        django.setup()
    made: ASGIApp = get_asgi_application()
    return made


def notes(request: Any) -> Any:
    """What the notes of the request's context say of themselves."""
    from django.http import HttpResponse

    return HttpResponse(request.scope["peers.context"].module("notes.store").describe())


def __getattr__(name: str) -> Any:
    if name != "urlpatterns":  # for which Django must be imported
        raise AttributeError(name)
    from django.urls import path

    return [path("notes", notes)]
