# SPDX-License-Identifier: EUPL-1.2
"""Figures as published, the amounts that savings are counted with, files being made, and the monthly mail."""

from reach.models.export_job import ExportJob
from reach.models.monthly import MonthlyExport, MonthlyNotice
from reach.models.savings import SavingsParameters
from reach.models.snapshot import ReachPart, ReachSnapshot, ReachTable

__all__ = [
    "ExportJob",
    "MonthlyExport",
    "MonthlyNotice",
    "ReachPart",
    "ReachSnapshot",
    "ReachTable",
    "SavingsParameters",
]
