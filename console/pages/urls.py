"""Addresses of the screens; every tenant's live under /t/<slug>/."""

from django.urls import include, path

from console.pages import (
    agent_versions,
    agents,
    approval_ends,
    approvals,
    calls,
    consent,
    contacts,
    developers,
    dnc,
    greetings,
    home,
    inbox,
    launch_gates,
    limits,
    new_call,
    numbers,
    overview,
    reference,
    registries,
    rules,
    scheduled,
    unsettled,
)

urlpatterns = [
    path("", home.home, name="home"),
    *reference.urlpatterns,
    path(
        "t/<slug:slug>/",
        include(
            [
                *overview.urlpatterns,
                *new_call.urlpatterns,
                *calls.urlpatterns,
                *scheduled.urlpatterns,
                *unsettled.urlpatterns,
                *numbers.urlpatterns,
                *developers.urlpatterns,
                *inbox.urlpatterns,
                *approvals.urlpatterns,
                *approval_ends.urlpatterns,
                *greetings.urlpatterns,
                *agents.urlpatterns,
                *agent_versions.urlpatterns,
                *launch_gates.urlpatterns,
                *rules.urlpatterns,
                *limits.urlpatterns,
                *dnc.urlpatterns,
                *registries.urlpatterns,
                *consent.urlpatterns,
                *contacts.urlpatterns,
            ]
        ),
    ),
]
