# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from reach import views

app_name = "reach"

urlpatterns = [
    path("coordinatie/bereik/", views.coordinator, name="coordinator"),
    path("coordinatie/bereik.csv", views.download, name="download"),
]
