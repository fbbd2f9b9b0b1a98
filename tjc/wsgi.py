# SPDX-License-Identifier: EUPL-1.2
"""What gunicorn serves: ``gunicorn tjc.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tjc.settings.production")

application = get_wsgi_application()
