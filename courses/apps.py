# SPDX-License-Identifier: EUPL-1.2
from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = "Cursussen"

    def ready(self) -> None:
        from courses import receivers  # noqa: F401 - registers them
