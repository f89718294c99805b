"""`python -m wugan.apps.diagnosis.triage.train DATA`: fit, evaluate, and write the weights and the figures."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch

from wugan.apps.diagnosis.triage.train import candidates
from wugan.apps.diagnosis.triage.train.compose import CHECK_PATIENTS, HELD_OUT_PATIENTS, compose, pools
from wugan.apps.diagnosis.triage.train.evaluate import NOTHING, by_network, by_rules, by_share, figures
from wugan.apps.diagnosis.triage.train.fit import fit


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", default=os.environ.get("WUGAN_DATA", ""), help="with fhir/ and slide/")
    parser.add_argument("--out", type=Path, default=Path("triage.safetensors"))
    parser.add_argument("--scans", type=int, default=150)
    parser.add_argument("--records", type=int, default=1600)
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--seeds", type=int, default=3, help="networks; the first is written")
    args = parser.parse_args()
    torch.set_num_threads(1)
    train, held = pools(Path(args.data), args.scans, args.records, 7)
    weights = candidates.fit(train.scans)
    usual = train.usual()
    print("candidates (findings/ct.py):", [round(float(w), 3) for w in weights])
    print("usual (triage/rules.py):", {m: [round(v, 3) for v in of] for m, of in usual.items()})
    random = np.random.default_rng(1)
    patients = len(list((Path(args.data) / "fhir").glob("*.json"))) - HELD_OUT_PATIENTS
    fitted, checked = train.split(patients, CHECK_PATIENTS)
    seen, check, test = compose(fitted, args.cases, random), compose(checked, 300, random), compose(held, 600, random)
    rules = {"share": by_share(seen), "rules, missing ignored": by_rules(NOTHING), "rules": by_rules(usual)}
    rows = figures(test, rules)
    for seed in range(args.seeds):
        model = fit(seen, check, seed, epochs=args.epochs, progress=lambda line: print(line, flush=True))
        rows += figures(test, {f"network, seed {seed}": by_network(model)})
        if seed == 0:
            command = f"python -m wugan.apps.diagnosis.triage.train DATA --epochs {args.epochs}"
            trained: dict[str, Any] = {"command": command, "seed": 0, "cases": args.cases, "figures": figures_of(rows)}
            info = model.info.model_copy(update={"trained_on": trained})
            type(model)(model.network, info).save(args.out)
    print(json.dumps(rows))
    for row in rows:
        print(f"{row['modalities']:18} {row['method']:24} acc {row['accuracy']:.3f} loss {row['log_loss_bits']:.3f}"
              f" ece {row['ece']:.3f} entropy {row['entropy_bits']:.3f}")  # fmt: skip


def figures_of(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Those of the whole case."""
    return [row for row in rows if row["modalities"] == "ct+slide+record"]


main()
