"""The commands. Each imports what it needs when it runs, so that --help answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dynashape import __version__
from dynashape.cli.options import Engine, SlurmOptions, Workers

app = typer.Typer(
    name="dynashape",
    help="What shapes the dynamics of a recurrent network: its input, its training, or its architecture?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool | None) -> None:
    if wanted:
        typer.echo(f"dynashape {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool | None, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = None,
) -> None:
    del version


@app.command()
def run(
    study: Annotated[
        str, typer.Argument(help="A preset (see `dynashape presets`) or a YAML file.", metavar="PRESET_OR_YAML")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder of the results.  [default: runs/NAME]", show_default=False),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", "-s", help="Override a field, such as dsa.rank=10; can be repeated.", metavar="a.b=VALUE"
        ),
    ] = None,
    engine: Engine = "local",
    workers: Workers = None,
    slurm_options: SlurmOptions = None,
) -> None:
    """Run a study: only what is missing is computed, so an interrupted run goes on where it was."""
    from dynashape.cli.engines import open_chosen_engine
    from dynashape.cli.foreseen import foresee
    from dynashape.cli.own_code import find_own_code
    from dynashape.cli.progress import make_progress
    from dynashape.study import load_spec, run_study

    find_own_code(Path(study).parent)
    spec = load_spec(study, overrides or ())
    for sentence in foresee(spec):
        typer.echo(f"Foreseen: {sentence} The run goes on.", err=True)
    directory = out or Path("runs") / spec.name
    result = run_study(
        spec,
        directory,
        lambda: open_chosen_engine(engine, workers, slurm_options or ()),
        make_progress(),
    )
    typer.echo(f"Results: {directory}    Report: {directory / 'report.html'}")
    for unit, message in result.failures.items():
        typer.echo(f"failed: {unit}: {message}", err=True)
    if result.failures:
        typer.echo("The same command tries the failed units again; everything else is kept.", err=True)
        raise typer.Exit(1)


@app.command()
def status(directory: Annotated[Path, typer.Argument(help="Folder of a study.")]) -> None:
    """Say what of a study is done, and how its networks fare."""
    from dynashape.cli.tables import print_status
    from dynashape.study import study_status

    print_status(study_status(directory))


@app.command()
def report(
    directories: Annotated[list[Path], typer.Argument(help="Folders of studies, one or more.", metavar="DIR...")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="HTML file of several studies.  [default: side_by_side.html in this folder]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write the report of a study again from what its folder holds; or put several studies side by side in one file.

    One DIR: its tables, figures and report.html are written again. Several: nothing in their folders changes, and one
    file shows what differs in their specifications and in their results.
    """
    from dynashape.study import rewrite_report, write_side_by_side

    if len(directories) > 1:
        typer.echo(f"Report: {write_side_by_side(directories, out or Path('side_by_side.html'))}")
    elif out is None:
        typer.echo(f"Report: {rewrite_report(directories[0])}")
    else:
        raise typer.BadParameter("--out goes with several DIRs; the report of one study lies in its folder.")


@app.command()
def sensitivity(
    directory: Annotated[Path, typer.Argument(help="Folder of a study.")],
    grid: Annotated[
        Path | None,
        typer.Option(
            help="YAML file with lines such as `dsa.rank: [8, 15]`.  [default: delays and ranks around the study's "
            "own, every random input, every dissimilarity]",
            show_default=False,
        ),
    ] = None,
    engine: Engine = "local",
    workers: Workers = None,
    slurm_options: SlurmOptions = None,
) -> None:
    """Draw a study's conclusions again at other settings, one changed at a time, and say which flip."""
    from dynashape.cli.engines import open_chosen_engine
    from dynashape.cli.findings import print_sensitivity
    from dynashape.cli.progress import make_progress
    from dynashape.study import read_grid, run_sensitivity

    found = run_sensitivity(
        directory,
        lambda: open_chosen_engine(engine, workers, slurm_options or ()),
        None if grid is None else read_grid(grid),
        make_progress(),
    )
    print_sensitivity(found)
    typer.echo(f"Table: {directory / 'sensitivity.parquet'}    Report: {found.report}")
    for unit, message in found.failures.items():
        typer.echo(f"failed: {unit}: {message}", err=True)
    if found.failures:
        raise typer.Exit(1)


@app.command()
def power(
    directory: Annotated[Path, typer.Argument(help="Folder of a study.")],
    shares: Annotated[
        list[float] | None,
        typer.Option(
            "--share", help="Share of the variance that the effect holds; can be repeated.  [default: 0.1, 0.2, 0.4]"
        ),
    ] = None,
    terms: Annotated[
        list[str] | None,
        typer.Option("--term", help="task, training or input; can be repeated.  [default: all three]"),
    ] = None,
    alpha: Annotated[
        float | None,
        typer.Option(
            help="Level of the test; divide it by their number for a family.  [default: 0.05]",
            show_default=False,
            min=0.0,
            max=1.0,
        ),
    ] = None,
    differences: Annotated[
        list[float] | None,
        typer.Option(
            "--difference",
            help="True difference of the pooled shares of input and training, for the verdict; can be repeated.  "
            "[default: 0, 0.1, 0.2; the study's own is always shown]",
        ),
    ] = None,
    studies: Annotated[int, typer.Option(help="Simulations behind each number.", min=1)] = 400,
    seed: Annotated[int, typer.Option(help="Seed of the simulations: the same gives the same numbers.", min=0)] = 0,
) -> None:
    """Estimate how many seeds an effect and the verdict need, by simulation with the variances of a finished study."""
    from dynashape.cli.findings import print_power
    from dynashape.cli.progress import make_progress
    from dynashape.study import plan_seeds

    given = {"shares": shares, "terms": terms, "alpha": alpha, "differences": differences}
    found = plan_seeds(
        directory,
        **{name: value for name, value in given.items() if value not in (None, [])},  # type: ignore[arg-type]
        n_studies=studies,
        seed=seed,
        progress=make_progress(),
    )
    print_power(found)
    typer.echo(
        f"Tables: {directory / 'power.parquet'}, {directory / 'verdict_power.parquet'}    "
        f"Figure: {directory / 'figures' / 'power.svg'}    In the report: dynashape report {directory}"
    )


@app.command()
def tasks(
    task: Annotated[str | None, typer.Argument(help="A task to look at; without it, all are listed.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw one trial (inputs, target, phases) into this file: .png, .svg or .pdf.")
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="List every environment of the installed NeuroGym, and whether it can be aligned."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the trial that is drawn.")] = 0,
) -> None:
    """List the tasks, or show or draw one of them."""
    from dynashape.cli.tables import print_environments, print_task, print_tasks
    from dynashape.tasks import TASKS, describe_task, list_environments

    if every:
        print_environments(list_environments())
    elif task is None:
        if plot is not None:
            raise typer.BadParameter("name the task to draw, such as: dynashape tasks CDM --plot trial.png")
        print_tasks([describe_task(name) for name in TASKS])
    elif plot is None:
        print_task(describe_task(task))
    else:
        from dynashape.cli.drawing import draw_task

        draw_task(task, plot, seed)
        typer.echo(f"One trial of {task}: {plot}")


@app.command()
def presets() -> None:
    """List the studies that come with dynashape."""
    from dynashape.cli.tables import print_presets
    from dynashape.study import presets as known

    print_presets(known())
