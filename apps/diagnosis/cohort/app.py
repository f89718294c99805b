"""The commands `wugan cohort train`, `evaluate` and `predict`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wugan.cli import out, tell
from wugan.errors import PluginError

if TYPE_CHECKING:
    from wugan.apps.diagnosis.cohort.result import PatientResult, Probability

HideOption = Annotated[list[str] | None, typer.Option(help="feature to leave out, such as age; repeatable")]
Folder = Annotated[Path, typer.Argument(help="cohort folder: clinical.csv, pathological.csv, blood.csv, …, tma_*.npz")]


def register(cli: typer.Typer) -> None:
    """Survival and recurrence of cohorts whose patients lack modalities. Commands `cohort train|evaluate|predict`."""
    cohort = typer.Typer(
        help="Survival and recurrence in cohorts whose patients lack modalities. Research only.", no_args_is_help=True
    )
    for command in (train, evaluate, predict):
        cohort.command()(command)
    cli.add_typer(cohort, name="cohort")


def train(
    folder: Folder,
    file: Annotated[Path, typer.Option("--out", "-o", help="weight file to write")] = Path("cohort.safetensors"),
    seed: Annotated[int, typer.Option(help="of folds, initialisation and dropout")] = 0,
    folds: Annotated[int, typer.Option(min=2, max=10, help="members of the ensemble")] = 5,
    hide: HideOption = None,
    about: Annotated[str, typer.Option(help="whose data these are and under which licence; kept in the file")] = "",
) -> None:
    """Train on all patients of a folder with targets.csv."""
    from wugan.apps.diagnosis.cohort.cohort import events
    from wugan.apps.diagnosis.cohort.features import features
    from wugan.apps.diagnosis.cohort.folder import read_cohort
    from wugan.apps.diagnosis.cohort.train.fit import fit_ensemble

    cohort = read_cohort(folder)
    _notes(cohort.notes)
    outcome = events(cohort)
    command = f"wugan cohort train {folder.name} --seed {seed} --folds {folds}" + "".join(
        f" --hide {name!r}" for name in hide or []
    )
    with out.status(f"Training on {len(cohort)} patients") as status:
        fitted = fit_ensemble(
            features(cohort).hide(hide or []),
            outcome,
            seed,
            folds=folds,
            trained_on={"about": about, "folder": folder.name, "command": command, "hidden": hide or []},
            progress=lambda line: status.update(f"Training on {len(cohort)} patients: {line}"),
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    fitted.model.save(file)
    out.print(f"Wrote {file} ({file.stat().st_size / 1e6:.2f} MB)", style="green", highlight=False)


def evaluate(
    folder: Folder,
    results: Annotated[Path, typer.Option("--out", "-o", help="result folder")] = Path("results/cohort"),
    seeds: Annotated[int, typer.Option(min=1, help="number of seeds, each with folds of its own")] = 3,
    hide: HideOption = None,
) -> None:
    """Cross-validate the method on a folder with targets.csv, beside simpler ones. Takes minutes for each seed."""
    try:
        import matplotlib  # noqa: F401 (asked for before the long work, not after)
        import sklearn  # noqa: F401
    except ImportError as error:
        raise PluginError(f"evaluation needs {error.name}: pip install scikit-learn matplotlib") from error
    from wugan.apps.diagnosis.cohort.train import evaluate as evaluation

    with out.status("Cross-validating") as status:

        def show(line: str) -> None:
            status.update(f"Cross-validating: {line}")

        text = evaluation.evaluate(folder, results, range(seeds), hide or [], show)
    out.print(text, markup=False, highlight=False, soft_wrap=True)
    out.print(f"See {results}", style="green", highlight=False)


def predict(
    folder: Folder,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a patient, one a line")] = False,
    weights: Annotated[str, typer.Option(help="weight file instead of the shipped weights")] = "default",
) -> None:
    """Say of each patient of a folder how survival and recurrence stand. For research only."""
    from wugan.apps.diagnosis.cohort.folder import read_cohort
    from wugan.apps.diagnosis.cohort.model import CohortModel

    model = CohortModel.load(weights)
    cohort = read_cohort(folder, targets=False)
    _notes(cohort.notes)
    for result in model.predict(cohort):
        if as_json:
            typer.echo(result.model_dump_json())
        else:
            _tell(result)


def _notes(notes: list[str]) -> None:
    for note in notes:
        tell(note, "yellow")


def _tell(result: PatientResult) -> None:
    alive = ", ".join(f"{when} {one.probability:.0%}" for when, one in result.survival.alive.items())
    missing = f"; lacks {', '.join(result.missing)}" if result.missing else ""
    told = f"risk {_show(result.risk)}  alive {alive}  recurrence {_show(result.recurrence)}{missing}"
    out.print(f"{result.patient_id}  {told}", highlight=False, markup=False, soft_wrap=True)


def _show(of: Probability) -> str:
    low, high = of.interval
    return f"{of.probability:.0%} ({low:.0%} to {high:.0%}, {'no category' if of.abstain else of.category})"
