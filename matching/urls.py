# SPDX-License-Identifier: EUPL-1.2
from matching.urls_people import urlpatterns as people

app_name = "matching"
urlpatterns = [*people]
