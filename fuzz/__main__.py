"""``make fuzz``: damage files of every kind and look for what is no table and no clear refusal.

``python -m fuzz FOLDER...`` puts inputs that were kept through again.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fuzz.door import ROOT, put_through
from fuzz.pool import Input, put_all_through

KEPT = ROOT / ".fuzz"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 1 if anything was found."""
    asked = _arguments().parse_args(arguments)
    if asked.folders:
        return _again(asked.folders)
    sys.path.append(str(ROOT / "tests"))  # the writers of what other programs write
    from fuzz.campaign import Campaign, inputs_for  # noqa: PLC0415
    from fuzz.seeds import every_seed  # noqa: PLC0415

    seeds = [one for one in every_seed() if not asked.only or one.format in asked.only]
    campaign = Campaign(KEPT)
    inputs = inputs_for(asked.seconds, seeds, asked.seed, asked.inputs)
    for done in put_all_through(inputs, put_through, asked.workers):
        campaign.add(done)
    campaign.tell()
    return int(campaign.failed > 0)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="inputs that were kept")
    parser.add_argument("--seconds", type=float, default=600, help="when to stop (600)")
    parser.add_argument("--inputs", type=int, default=sys.maxsize, help="how many at most")
    parser.add_argument("--seed", type=int, default=1, help="another number, other inputs (1)")
    parser.add_argument("--only", action="append", help="a format; may be given several times")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    return parser


def _again(folders: Sequence[Path]) -> int:
    """Put kept inputs through again and tell what comes of them."""
    inputs = [
        Input("kept", folder.name, {path.name: path.read_bytes() for path in folder.iterdir()})
        for folder in folders
    ]
    failed = 0
    for done in put_all_through(inputs, put_through, 1):
        failed += bool(done.outcome.findings)
        print(f"{done.input.name}: {done.outcome.result} in {done.seconds:.2f} s")
        print(*(f"  {finding}" for finding in done.outcome.findings), sep="\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
