# SPDX-License-Identifier: EUPL-1.2
"""Runs by itself, without Django: JSON on stdin, PDF on stdout. ``python -I typesetter.py TEMPLATE FONTS TIMESTAMP``.

In a process of its own because typst keeps 60 MB and more of every process that used it.
"""

import sys
from pathlib import Path


def main() -> None:
    import typst

    template, fonts, timestamp = sys.argv[1:]
    made: bytes = typst.compile(
        Path(template),
        format="pdf",
        # Those of the pages; what a machine happens to have must not change a report.
        ignore_system_fonts=True,
        font_paths=[Path(fonts)],
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
        # ISO 14289-1: tagged, with title and language, an alternative for every picture. What is not, is refused.
        pdf_standards=["ua-1"],
        timestamp=int(timestamp),
    )
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
