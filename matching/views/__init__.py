# SPDX-License-Identifier: EUPL-1.2
"""Pages of questions and trainers: thin, one domain function each."""
