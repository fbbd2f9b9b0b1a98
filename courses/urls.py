# SPDX-License-Identifier: EUPL-1.2
from courses.urls_editions import urlpatterns as editions
from courses.urls_learner import urlpatterns as learner
from courses.urls_trainer import urlpatterns as trainer

app_name = "courses"
urlpatterns = [*editions, *learner, *trainer]
