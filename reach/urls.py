# SPDX-License-Identifier: EUPL-1.2
from django.urls import path

from reach import views, views_export, views_knowledge, views_open, views_report, views_savings

app_name = "reach"

urlpatterns = [
    path("bereik/", views.public, name="public"),
    path("bereik/methode/", views.method, name="method"),
    path("coordinatie/bereik/", views.coordinator, name="coordinator"),
    path("coordinatie/kennis/", views_knowledge.page, name="knowledge"),
    path("coordinatie/bereik/kennis/", views_knowledge.moved, name="knowledge-moved"),
    path("coordinatie/bereik/besparing/", views_savings.page, name="savings"),
    path("coordinatie/bereik.csv", views.download, name="download"),
    path("bereik/open-data/", views_open.page, name="open-data"),
    path("coordinatie/bereik/rapport.pdf", views_report.report_pdf, name="report-pdf"),
    path("coordinatie/bereik/downloads/", views_export.exports, name="exports"),
    path("coordinatie/bereik/downloads/<uuid:public_id>/", views_export.export, name="export"),
    path(
        "coordinatie/bereik/downloads/<uuid:public_id>/bestand/",
        views_export.export_file,
        name="export-file",
    ),
    path("coordinatie/bereik/maandelijks/", views_export.monthly_mail, name="monthly"),
    path("bereik/maandmail-uit/<str:token>/", views_export.stop_monthly, name="monthly-stop"),
]
