# SPDX-License-Identifier: EUPL-1.2
"""Manners of the API that every room shares: NL GOV REST API Design Rules (standards.md, row 1)."""

API_VERSION = "1.0.0"
