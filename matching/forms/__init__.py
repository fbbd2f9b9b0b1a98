# SPDX-License-Identifier: EUPL-1.2
"""What people type, turned into what the domain takes. No rule lives here."""
