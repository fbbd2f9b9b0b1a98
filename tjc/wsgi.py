# SPDX-License-Identifier: EUPL-1.2
"""What gunicorn serves: ``gunicorn tjc.wsgi``."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tjc.settings.production")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    sys.stderr.write(f"TrainJeCollega start niet: {error}\n")
    sys.exit(3)  # gunicorn's "worker failed to boot": it stops instead of trying for ever
