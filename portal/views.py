"""Pages around the work: about, sign-in, account, health."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from knox.models import AuthToken

from portal.reader import user_of


@require_safe
@login_not_required
def about(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "about.html",
        {"heading": _("About this portal"), "question": _("What is filed here, by whom, and on what legal ground?")},
    )


@require_safe
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Answers 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


class SignInForm(AuthenticationForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.label_suffix = ""
        self.fields["username"].label = _("Email")
        self.fields["username"].widget.attrs["autocomplete"] = "email"


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = {"heading": gettext_lazy("Sign in")}


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    pass


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Roles of the user and API tokens; a new token is shown once."""
    user = user_of(request)
    tokens = AuthToken.objects.filter(user=user).order_by("-created")
    if request.method == "POST" and (old := request.POST.get("revoke")):
        tokens.filter(pk__in=[token.pk for token in tokens if token.token_key == old]).delete()
        messages.success(request, _("The token no longer works."))
        return redirect("account")
    secret = AuthToken.objects.create(user)[1] if request.method == "POST" else None
    return render(
        request,
        "account.html",
        {
            "heading": _("Account"),
            "question": _("For whom do I act, and which programs act for me?"),
            "memberships": user.memberships.select_related("entity"),
            "tokens": tokens.all(),
            "secret": secret,
        },
    )
