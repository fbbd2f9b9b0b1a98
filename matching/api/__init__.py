# SPDX-License-Identifier: EUPL-1.2
"""``/kennisvragen`` and ``/trainers``: what the pages show, for programs."""
