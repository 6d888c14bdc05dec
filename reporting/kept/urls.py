"""`/views/`."""

from django.urls import path

from reporting.kept import views

urlpatterns = [
    path("views/", views.views_page, name="views"),
    path("views/keep/", views.keep, name="keep-view"),
    path("views/<int:pk>/rename/", views.rename, name="rename-view"),
    path("views/<int:pk>/delete/", views.delete, name="delete-view"),
    path("views/<int:pk>/subscribe/", views.subscribe, name="subscribe-view"),
    path("views/stop/<str:key>/", views.stop_digest, name="stop-digest"),
]
