"""All addresses of the portal."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from portal import views

urlpatterns = [
    path("about/", views.about, name="about"),
    path("health/", views.health, name="health"),
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("account/", views.account, name="account"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include("reporting.api_urls")),  # first: the other answers whatever is left
    path("api/v1/", include("submissions.api.urls")),
    path("", include("submissions.urls")),
    path("", include("reporting.urls")),
    path("admin/", admin.site.urls),
]
