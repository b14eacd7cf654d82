"""Draws ``docs/pacing.svg``, utilisation against agents, from the measured table of ``docs/pacing.md``.

``python docs/pacing.py`` writes it; with ``--check`` it changes nothing and exits with 1 when it is stale.

Owns that picture; must not know how anything was measured.
"""

import math
import re
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE, PICTURE = HERE / "pacing.md", HERE / "pacing.svg"
ROW = re.compile(r"^\| (\d+), 0\.30 \| \d+ \| ([\d.]+) % \| ([\d.]+) % \|", re.MULTILINE)
PROGRESSIVE = re.compile(r"^\| progressive \| ([\d.]+) % \|", re.MULTILINE)
WIDE, HIGH, LEFT, TOP, LOW = 560, 300, 50, 20, 65.0


def across(agents: int) -> float:
    """Place a number of agents, on a scale of ratios from 5 to 300."""
    return LEFT + (WIDE - LEFT - 30) * math.log(agents / 5) / math.log(60)


def down(share: float) -> float:
    """Place a utilisation in percent."""
    return TOP + (HIGH - TOP - 40) * (100.0 - share) / (100.0 - LOW)


def drawn(page: str) -> str:
    """Draw the figures of the page."""
    rows = [(int(agents), float(got), float(wanted)) for agents, got, wanted in ROW.findall(page)]
    plain = float(PROGRESSIVE.findall(page)[0])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDE}" height="{HIGH}" fill="white"/>',
    ]
    for share in range(70, 101, 10):
        y = down(share)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDE - 30}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share} %</text>')
    for agents, _, wanted in rows:
        x = across(agents)
        parts.append(f'<text x="{x:.1f}" y="{HIGH - 22}" text-anchor="middle">{agents}</text>')
        parts.append(f'<path d="M{x - 7:.1f} {down(wanted):.1f}h14" stroke="#c60" stroke-width="2"/>')
    line = " ".join(f"{across(agents):.1f},{down(got):.1f}" for agents, got, _ in rows)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="2"/>')
    y = down(plain)
    parts.append(
        f'<path d="M{LEFT} {y:.1f}H{WIDE - 30}" stroke="#888" stroke-width="2" stroke-dasharray="5 4"/>'
    )
    parts.append(f'<text x="{WIDE - 32}" y="{y - 6:.1f}" text-anchor="end" fill="#666">progressive</text>')
    parts.append(f'<text x="{across(50):.1f}" y="{down(90):.1f}" fill="#06c">predictive</text>')
    parts.append(f'<text x="{across(50):.1f}" y="{down(87.5):.1f}" fill="#c60">wanted (bars)</text>')
    parts.append(f'<text x="{WIDE / 2:.0f}" y="{HIGH - 5}" text-anchor="middle">agents</text></svg>')
    return "\n".join(parts) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the picture, or check it."""
    picture = drawn(PAGE.read_text(encoding="utf-8"))
    if "--check" in arguments:
        return int(not PICTURE.is_file() or PICTURE.read_text(encoding="utf-8") != picture)
    PICTURE.write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
