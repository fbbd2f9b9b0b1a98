#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Django's command line. Without DJANGO_SETTINGS_MODULE it runs the embedded demo settings."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tjc.settings.demo")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"TrainJeCollega start niet: {error}")


if __name__ == "__main__":
    main()
