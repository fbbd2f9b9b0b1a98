# SPDX-License-Identifier: EUPL-1.2
"""In INSTALLED_APPS instead of ``django.contrib.admin``; a file of its own, read before there are models."""

from django.contrib.admin.apps import AdminConfig


class LoggedAdminConfig(AdminConfig):
    default_site = "accounts.admin_site.LoggedAdminSite"
