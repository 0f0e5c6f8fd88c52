"""``tms-widgets sweep run | resume | show``: many problems, one file, nothing lost."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .parser import Parser, listed, numbers

if TYPE_CHECKING:
    from ..sweeps import Sweep

DONE, INTERRUPTED = 0, 1
DEFAULT_SEEDS = 10
CONNECT_S = 5
"""How long a scheduler is waited for."""
TYPED = {
    "anyway=True": "--anyway",
    "resume=True": "tms-widgets sweep resume",
    "executor=": "--workers ",
    "block_models=": "--block-models ",
    "n_seeds=": "--seeds ",
}
"""What a setting of `Sweep` is called here."""

RUN_HELP = """\
Train every combination of the values given, and write one netCDF file.

One value fixes a setting, several make an axis of the result. Values are listed with commas (0.1,0.3,1) or
written first:last:count, evenly spaced in the logarithm (1:0.01:20)."""
RUN_EXAMPLES = """\
examples:
  the phase map of the paper's section 4, for two features in one dimension:
    tms-widgets sweep run map.nc --features 2 --hidden 1 --density 1:0.01:20 --importance 0.1:10:20
  twenty features in five dimensions, importance 0.7^i, four output activations, without bias:
    tms-widgets sweep run kinds.nc --features 20 --hidden 5 --importance-decay 0.7 --density 1:0.01:7 \\
        --set activation=relu,squared_relu,gelu,linear --set bias=False
  on four processes, or on a cluster that Dask knows:
    tms-widgets sweep run big.nc ... --workers 4
    tms-widgets sweep run big.nc ... --scheduler tcp://10.0.0.1:8786

Ctrl+C loses at most the blocks in flight; the message says how to go on."""
RESUME_EXAMPLES = """\
example:
  tms-widgets sweep resume map.nc"""
SHOW_EXAMPLES = """\
example:
  tms-widgets sweep show map.nc"""


def add_to(groups: Any) -> None:
    """Add ``sweep`` and its commands to the commands of the program."""
    parser = groups.add_parser(
        "sweep",
        help="train many problems into one file",
        description="Train many problems, each with several seeds, into one netCDF file.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    _add_run(commands)
    resume = commands.add_parser(
        "resume",
        help="go on with an interrupted sweep",
        description="Train what an interrupted sweep has not trained yet; its settings are in its file.",
        epilog=RESUME_EXAMPLES,
    )
    resume.set_defaults(command=_resume)
    _add_file(resume)
    _add_machines(resume)
    show = commands.add_parser(
        "show",
        help="say what is in a file",
        description="Axes, settings and losses of a sweep, finished or not; of a phase map, the map.",
        epilog=SHOW_EXAMPLES,
    )
    show.set_defaults(command=_show)
    _add_file(show)


def _add_run(commands: Any) -> None:
    run = commands.add_parser("run", help="train a new sweep", description=RUN_HELP, epilog=RUN_EXAMPLES)
    run.set_defaults(command=_run)
    _add_file(run)
    what = run.add_argument_group("what is trained")
    wholes = listed(int, "a whole number")
    what.add_argument("--features", metavar="N", type=wholes, required=True, help="the paper's n")
    what.add_argument("--hidden", metavar="M", type=wholes, required=True, help="the paper's m")
    often = what.add_mutually_exclusive_group()
    often.add_argument("--density", metavar="P", type=numbers, help="probability that a feature is active")
    often.add_argument("--sparsity", metavar="S", type=numbers, help="1 − density")
    matters = what.add_mutually_exclusive_group()
    matters.add_argument(
        "--importance", metavar="I", type=numbers, help="of the last feature; the others have 1 (default 1)"
    )
    matters.add_argument("--importance-decay", metavar="R", type=numbers, help="feature i has importance R^i")
    what.add_argument(
        "--set", metavar="NAME=VALUES", action="append", default=[], type=_setting,
        help="any other setting of tms_widgets.Problem, such as activation=relu,gelu or bias=False",
    )  # fmt: skip
    what.add_argument("--zip", action="store_true", help="pair the axes' values in place of combining them")
    how = run.add_argument_group("how it is trained")
    how.add_argument(
        "--seeds", metavar="K", type=int, default=DEFAULT_SEEDS, help="models of each problem (10)"
    )
    how.add_argument("--seed", metavar="S", type=int, default=0, help="the first seed (0)")
    how.add_argument("--quality", default="standard", help="draft, standard (the default) or paper")
    how.add_argument("--steps", metavar="N", type=int, help="in the place of the schedule's own")
    how.add_argument("--batch-size", metavar="N", type=int, help="in the place of the schedule's own")
    how.add_argument("--learning-rate", metavar="R", type=float, help="in the place of the schedule's own")
    how.add_argument("--decay", default="cosine", help="of the learning rate: cosine (the default) or none")
    how.add_argument(
        "--init", metavar="START", type=_plain, default="xavier",
        help="how the weights start: xavier (the default), notebook, mirrored, or a standard deviation",
    )  # fmt: skip
    how.add_argument(
        "--engine", default="auto", help="auto (the default), exact, stratified, dense, reference"
    )
    _add_machines(run)


def _add_file(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE.nc", help="the file of the sweep")


def _add_machines(parser: Parser) -> None:
    where = parser.add_argument_group("where it is trained")
    who = where.add_mutually_exclusive_group()
    who.add_argument("--workers", metavar="N", type=int, help="processes on this machine")
    who.add_argument(
        "--scheduler", metavar="ADDRESS", help="a running Dask scheduler, such as tcp://host:8786"
    )
    where.add_argument(
        "--block-models", metavar="N", type=int, help="models that are trained and saved at once"
    )
    where.add_argument("--anyway", action="store_true", help="train even what the estimate calls too much")
    where.add_argument("--quiet", action="store_true", help="no progress bar")


def _setting(text: str) -> tuple[str, list[Any]]:
    """``NAME=VALUES`` as a name and its values."""
    name, equals, values = text.partition("=")
    if not (name and equals and values):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUES, such as activation=relu,gelu")
    if ":" in values:
        return name, numbers(values)
    return name, [_plain(value.strip()) for value in values.split(",")]


def _plain(text: str) -> Any:
    """A value as Python would have it: a whole number, a number, True or False, or else the text itself."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return {"true": True, "false": False}.get(text.lower(), text)


def _settings(asked: argparse.Namespace) -> dict[str, list[Any]]:
    """The values of every setting that was given."""
    from ..core.checks import SettingError

    (n, *more) = asked.features
    given: dict[str, list[Any] | None] = {
        "n_features": asked.features,
        "n_hidden": asked.hidden,
        "density": asked.density,
        "sparsity": asked.sparsity,
        "importance": asked.importance_decay,
    }
    if asked.importance is not None:
        if more:
            raise SettingError(
                "--importance is that of the last feature and needs one number of features; "
                "use --importance-decay with several."
            )
        given["importance"] = [(*(1.0,) * (n - 1), value) for value in asked.importance]
    for name, values in asked.set:
        if given.get(name) is not None:
            raise SettingError(f"{name} was given twice; keep one of them.")
        given[name] = values
    return {name: values for name, values in given.items() if values is not None}


def _sweep(asked: argparse.Namespace) -> Sweep:
    """The sweep that the options describe."""
    from ..core import Problem
    from ..sweeps import Sweep

    settings = _settings(asked)
    fixed = {name: values[0] for name, values in settings.items() if len(values) == 1}
    axes: dict[str, Any] = {name: values for name, values in settings.items() if len(values) > 1}
    # a problem needs its sizes to be checked; where they are axes, each problem brings its own
    base = {"n_features": asked.features[0], "n_hidden": asked.hidden[0]} | fixed
    return Sweep(
        Problem.from_dict(base), how="zip" if asked.zip else "grid", n_seeds=asked.seeds, seed=asked.seed,
        quality=asked.quality, steps=asked.steps, batch_size=asked.batch_size,
        learning_rate=asked.learning_rate, decay=asked.decay, init=asked.init, engine=asked.engine, **axes,
    )  # fmt: skip


def _run(asked: argparse.Namespace) -> int:
    with _as_typed():
        return _train(asked, _sweep(asked), resume=False)


def _resume(asked: argparse.Namespace) -> int:
    from ..sweeps import open_sweep

    with _as_typed():
        return _train(asked, open_sweep(asked.file).tms.sweep, resume=True)


@contextmanager
def _as_typed() -> Generator[None]:
    """Errors that name the options of the command line, and not the arguments in Python."""
    from ..core import SettingError

    try:
        yield
    except SettingError as error:
        message = str(error)
        for python, typed in TYPED.items():
            message = message.replace(python, typed)
        raise SettingError(message) from None


def _train(asked: argparse.Namespace, sweep: Sweep, *, resume: bool) -> int:
    """Train a sweep into its file, and say what is there at the end, however it ends."""
    from ..sweeps import SweepStopped

    if not asked.quiet:
        axes = [f"{name} {length}" for name, length in zip(sweep.dims, sweep.shape, strict=True)]
        print(f"{' × '.join([*axes, f'seed {sweep.settings.n_seeds}'])}. {sweep.estimate()}", file=sys.stderr)
    try:
        with ExitStack() as stack:
            sweep.run(
                asked.file, executor=_executor(asked, stack), resume=resume, progress=not asked.quiet,
                block_models=asked.block_models, anyway=asked.anyway,
            )  # fmt: skip
    except KeyboardInterrupt:
        print(f"\nInterrupted{_how_to_go_on(asked.file)}", file=sys.stderr)
        return INTERRUPTED
    except SweepStopped as stopped:
        print(f"{asked.parser.prog}: {stopped}\nStopped{_how_to_go_on(asked.file)}", file=sys.stderr)
        return INTERRUPTED
    print(f"{asked.file} is complete. Look at it with: tms-widgets sweep show {shlex.quote(asked.file)}")
    return DONE


def _how_to_go_on(file: str) -> str:
    parts = f"{file}.parts"
    if not Path(parts).exists():
        return " before anything was written."
    again = f"tms-widgets sweep resume {shlex.quote(file)}"
    return f". What is finished is kept in {parts}; go on with: {again}"


def _executor(asked: argparse.Namespace, stack: ExitStack) -> Any:
    """Who trains: this process, some of this machine, or a cluster."""
    if asked.scheduler is None:
        return asked.workers
    from ..core import SettingError

    try:
        from distributed import Client
    except ImportError:
        raise SettingError("--scheduler needs Dask; pip install 'tms-widgets[cluster]' brings it.") from None
    try:
        return stack.enter_context(Client(asked.scheduler, timeout=CONNECT_S))
    except (OSError, ValueError):
        raise SettingError(
            f"No Dask scheduler answers at {asked.scheduler}; start one with `dask scheduler`, which prints "
            "its address, or use --workers."
        ) from None


def _show(asked: argparse.Namespace) -> int:
    from ..sweeps import open_sweep
    from .describe import described

    with open_sweep(asked.file) as dataset:
        print(*described(asked.file, dataset), sep="\n")
    return DONE
