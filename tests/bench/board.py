# SPDX-License-Identifier: EUPL-1.2
"""What was measured beside what was promised.

A *hard* promise (nothing oversold, no errors, statement counts) does not depend on the machine: breaking one
fails the run. A timing that is missed is printed as missed; on a busy machine that says more about the
machine, which is why every line shows the load.
"""

import os
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    MISSED = "missed"
    BROKEN = "BROKEN"
    NOTED = "-"


@dataclass
class Board:
    rows: list[tuple[str, Verdict]] = field(default_factory=list)

    def section(self, title: str) -> None:
        print(f"\n{title}", flush=True)

    def hard(self, what: str, bar: str, measured: object, *, ok: bool) -> None:
        self._row(what, bar, measured, Verdict.OK if ok else Verdict.BROKEN)

    def timing(self, what: str, bar: str, measured: object, *, ok: bool) -> None:
        self._row(what, bar, measured, Verdict.OK if ok else Verdict.MISSED)

    def note(self, what: str, measured: object) -> None:
        self._row(what, "", measured, Verdict.NOTED)

    def _row(self, what: str, bar: str, measured: object, verdict: Verdict) -> None:
        self.rows.append((what, verdict))
        load = os.getloadavg()[0]
        print(f"  {what:<70} {bar:<10} {measured!s:<34} {verdict:<7} load {load:.1f}", flush=True)

    def close(self) -> int:
        """Prints the sum; the exit code."""
        broken = [what for what, verdict in self.rows if verdict is Verdict.BROKEN]
        missed = [what for what, verdict in self.rows if verdict is Verdict.MISSED]
        kept = sum(verdict is Verdict.OK for _, verdict in self.rows)
        print(f"\n{kept} kept, {len(missed)} timings missed, {len(broken)} promises broken")
        for what in missed:
            print(f"  missed: {what}")
        for what in broken:
            print(f"  BROKEN: {what}")
        return 1 if broken else 0
