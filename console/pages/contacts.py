"""Numbers' clocks: what the tenant knows about a number better than its digits tell."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from calls.contacts import actions, queries
from calls.lib import phone
from calls.lib.errors import Refusal
from calls.tenants import scope
from console.access import TenantRequest, page
from console.number_forms import NumberForm, address_of, looked_for, page_of
from console.refusals import show_refusal
from console.screens import show


class ContactForm(NumberForm):
    """A clock, a jurisdiction or both, and where they are known from."""

    time_zone = forms.CharField(
        label=_("Time zone"),
        help_text=_("By its place, such as America/Chicago. It takes the place of the prefix's."),
        max_length=64,
        required=False,
    )
    jurisdiction = forms.CharField(
        label=_("State or country"),
        help_text=_("Such as US-FL or GB. Its rules apply beside the number's own."),
        max_length=6,
        required=False,
    )
    source = forms.CharField(
        label=_("Where you know it from"),
        help_text=_("Such as: postal address in the order, told us on the phone."),
        max_length=200,
    )


@require_GET
@page("calls:read")
def contacts(request: TenantRequest) -> HttpResponse:
    """Everything stated, or what is stated about the number looked for."""
    found = looked_for(request)
    rows = queries.contacts_of(request.tenant, found.number if found else "")
    shown, pages = page_of(rows.none() if found and found.problem else rows, request)
    return show(
        request,
        "rules/contacts.html",
        title=gettext("Numbers' clocks"),
        active="rules",
        tab="contacts",
        found=found,
        by_digits=phone.read(found.number).zones if found and found.number else (),
        lines=shown,
        pages=pages,
        may_write=request.actor.can("consent:write"),
    )


@require_POST
@page("calls:read")
def contacts_search(request: TenantRequest) -> HttpResponse:
    """Keep the number in the session and show what is stated about it."""
    return redirect(address_of(request, "rules_contacts", request.POST.get("number", "")))


@page("consent:write")
def contact_new(request: TenantRequest) -> HttpResponse:
    """State a number's clock or jurisdiction; an earlier statement is replaced."""
    form = ContactForm(request)
    if form.is_bound and form.is_valid():
        try:
            stated = actions.state_contact(
                tenant=request.tenant, actor=request.actor, now=request.now, **form.cleaned_data
            )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, gettext("Stated. Every call to the number keeps to it now."))
            return redirect(address_of(request, "rules_contacts", stated.number))
    return show(
        request,
        "rules/contact_new.html",
        title=gettext("State a number's clock"),
        active="rules",
        status=422 if form.is_bound else 200,
        form=form,
    )


@require_POST
@page("consent:write")
def contact_forget(request: TenantRequest, contact_id: str) -> HttpResponse:
    """Go back to what the digits tell."""
    rows = queries.contacts_of(request.tenant)
    found = scope.one(rows, tenant=request.tenant, public_id=contact_id)
    actions.forget_contact(contact=found, actor=request.actor, now=request.now)
    messages.success(request, gettext("Forgotten. The number's digits decide again."))
    return redirect("rules_contacts", request.tenant.slug)


urlpatterns = [
    path("rules/contacts", contacts, name="rules_contacts"),
    path("rules/contacts/search", contacts_search, name="contacts_search"),
    path("rules/contacts/new", contact_new, name="contact_new"),
    path("rules/contacts/<str:contact_id>/forget", contact_forget, name="contact_forget"),
]
