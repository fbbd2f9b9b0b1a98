# SPDX-License-Identifier: EUPL-1.2
"""``make bench``: the speed and memory figures of design.md, measured here (docs/performance.md)."""
