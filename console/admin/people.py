"""People in the admin: who may sign in, and which role they have in which tenant."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.tenants import actions
from calls.tenants.models import Member, Org, User
from console.admin.base import HouseAdmin, confirmed
from console.admin.filters import OfTenant, Standing
from console.admin_reach import actor, person, tenants_of


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody new; without a password they set one by e-mail."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: they set it themselves with “Forgot your password?”."),
    )

    class Meta:
        model = User
        fields = ("email", "name", "password", "is_staff", "is_superuser")

    def clean_email(self) -> str:
        """The address, which nobody has in any spelling."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(gettext("Somebody with this address exists already."))
        return email

    def clean_password(self) -> str:
        """A password good enough, or none."""
        password: str = self.cleaned_data["password"]
        if password:
            validate_password(password)
        return password


@admin.register(User)
class UserAdmin(HouseAdmin):
    """Whoever runs the installation keeps people; admins see those of their tenants."""

    tenant_field = "memberships__tenant_id"
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    search_fields = ("email", "name")
    ordering = ("email",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """People with a current place in a tenant within reach."""
        rows = admin.ModelAdmin.get_queryset(self, request)
        if person(request).is_superuser:
            return rows
        within = Member.objects.filter(
            tenant__in=tenants_of(person(request)), ended_at__isnull=True
        )
        return rows.filter(pk__in=within.values("user"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only whoever runs the installation; admins invite members instead."""
        return self.admin_site.has_permission(request) and person(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only whoever runs the installation: a person may belong to other tenants too."""
        return self.has_add_permission(request, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A password can be given once, and never be seen."""
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked of somebody new; what can be changed and seen later."""
        if obj is None:
            return NewUserForm.Meta.fields
        return ("email", "name", "is_active", "is_staff", "is_superuser", "last_login", "trail")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An address is an identity; running the installation is given at the beginning or not at all."""
        return () if obj is None else ("email", "is_superuser", "last_login", "trail")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Create somebody, or change what was changed."""
        given: dict[str, Any] = form.cleaned_data
        act: dict[str, Any] = {"actor": actor(request, None), "now": timezone.now()}
        if not change:
            made = actions.create_user(**act, **given | {"password": given["password"] or None})
            obj.__dict__.update(made.__dict__)
        elif changes := {name: given[name] for name in form.changed_data}:
            actions.change_user(user=User.objects.get(pk=obj.pk), **act, **changes)


class NewMemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A place in a tenant for an address, known or new."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        help_text=_("For somebody new. They set their password with “Forgot your password?”."),
    )

    class Meta:
        model = Member
        fields = ("tenant", "role", "orgs")

    def clean(self) -> dict[str, Any]:
        """Business units are those of the tenant chosen."""
        given = super().clean() or {}
        foreign = [org for org in given.get("orgs", ()) if org.tenant != given.get("tenant")]
        if foreign:
            self.add_error("orgs", gettext("Choose business units of this tenant."))
        return given


@admin.register(Member)
class MemberAdmin(HouseAdmin):
    """Invite, give another role, end."""

    list_display = ("user", "tenant", "role", "created_at", "ended_at")
    list_filter = (OfTenant, "role", Standing)
    list_select_related = ("user", "tenant")
    search_fields = ("user__email", "user__name")
    ordering = ("tenant__name", "user__email")
    actions = ("end",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Everybody inside, for the tenants in reach."""
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A membership within reach that still holds."""
        return self.has_view_permission(request, obj) and not (obj and obj.ended_at)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Invitations ask for an address."""
        if obj is None:
            kwargs["form"] = NewMemberForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What an invitation asks; what a membership shows."""
        if obj is None:
            return ("tenant", "email", "name", "role", "orgs")
        return ("user", "tenant", "role", "units", "created_at", "ended_at", "trail")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only the role changes."""
        return () if obj is None else ("user", "tenant", "units", "created_at", "ended_at", "trail")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of business units, only those in reach can be chosen."""
        kwargs["queryset"] = Org.objects.filter(tenant__in=tenants_of(person(request)))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Invite somebody, or give another role."""
        given: dict[str, Any] = form.cleaned_data
        act: dict[str, Any] = {"now": timezone.now()}
        if not change:
            who = actor(request, given["tenant"].pk)
            made = actions.invite_member(**given, actor=who, **act)
            obj.__dict__.update(made.__dict__)
        elif "role" in form.changed_data:
            member = Member.objects.select_related("user").get(pk=obj.pk)
            who = actor(request, member.tenant_id)
            actions.change_role(member=member, role=given["role"], actor=who, **act)

    @admin.display(description=_("Business units"))
    def units(self, obj: Member) -> str:
        """Which business units, or all."""
        return ", ".join(str(org) for org in obj.orgs.all()) or gettext("all")

    def acts_on(self, row: Member) -> tuple[str, ...]:
        """What holds can end."""
        return () if row.ended_at else ("end",)

    @admin.action(description=_("End membership…"), permissions=["add"])
    def end(self, request: HttpRequest, rows: QuerySet[Member]) -> HttpResponse | None:
        """Take these people out of these tenants."""

        def verb(row: Member, reason: str) -> object:
            who = actor(request, row.tenant_id)
            return actions.end_membership(member=row, actor=who, now=timezone.now())

        return confirmed(
            self,
            request,
            rows.filter(ended_at__isnull=True).select_related("user", "tenant"),
            verb=verb,
            question=gettext("End membership?"),
            effect=gettext(
                "Their next click is refused. What they did stays on record; accepted calls go on."
            ),
            button=gettext("End membership"),
        )
