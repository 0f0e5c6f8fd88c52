"""The command line: what it prints, what it writes, what it says to a mistake, and its exit codes."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tms_widgets import cli, open_sweep, paper
from tms_widgets.cli.parser import numbers

ROOT = Path(__file__).parents[2]
SCRIPT = str(Path(sys.executable).parent / "tms-widgets")
HEAVY = {"numpy", "torch", "numba", "xarray", "distributed", "ipywidgets", "tqdm"}
COMMANDS = [
    "",
    "sweep",
    "sweep run",
    "sweep resume",
    "sweep show",
    "paper",
    "paper list",
    "paper run",
    "paper data",
]


def run(capsys, *arguments):
    """The exit code, what was printed and what was complained about; texts are split as a shell does."""
    words = [
        part for given in arguments for part in (shlex.split(given) if isinstance(given, str) else [given])
    ]
    try:
        code = cli.main([str(word) for word in words])
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def refused(capsys, *arguments):
    """The one sentence that a wrong usage gets."""
    code, out, err = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    *estimate, sentence = err.splitlines()
    assert len(estimate) <= 1
    assert sentence.startswith("tms-widgets ")
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help(command, capsys):
    code, out, _ = run(capsys, *command.split(), "--help")
    assert code == 0
    assert out.startswith(f"usage: tms-widgets {command}".rstrip())
    if command not in ("sweep", "paper"):
        assert "example" in out
        assert "tms-widgets" in out.partition("example")[2]


def test_help_and_version_import_nothing_heavy():
    program = (
        "import sys\nfrom tms_widgets.cli import main\n"
        "for arguments in (['--help'], ['sweep', 'run', '--help'], ['--version']):\n"
        "    try: main(arguments)\n"
        "    except SystemExit: pass\n"
        "print('loaded:', *{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "tms_widgets" in loaded
    assert not loaded & HEAVY


def test_without_a_command_the_help_is_shown(capsys):
    code, out, _ = run(capsys)
    assert code == 2
    assert "sweep run map.nc" in out


@pytest.mark.parametrize(
    ("text", "values"), [("0.1", [0.1]), ("1, 0.5,.25", [1, 0.5, 0.25]), ("1:0.01:3", [1, 0.1, 0.01])]
)
def test_values(text, values):
    assert numbers(text) == pytest.approx(values)
    assert numbers(text)[0] == values[0]
    assert numbers(text)[-1] == values[-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("sweep run x.nc", "required: --features, --hidden"),
        ("sweep run x.nc --features 2 --hidden 1 --densty 1", "no option --densty (did you mean --density?)"),
        ("sweep run x.nc y.nc --features 2 --hidden 1", "there is 'y.nc'"),
        ("sweep run x.nc --features two --hidden 1", "'two' is not a whole number"),
        ("sweep run x.nc --features 2 --hidden 1 --density 1:0:3", "needs two numbers above 0"),
        ("sweep run x.nc --features 2 --hidden 1 --density 1:0.1", "write first:last:count"),
        ("sweep run x.nc --features 2 --hidden 1 --density 1:0.1:1", "count of 2 or more"),
        ("sweep run x.nc --features 2 --hidden 1 --density 2,3", "density"),
        ("sweep run x.nc --features 2 --hidden 1 --density nan,.1", "finite"),
        ("sweep run x.nc --features 2 --hidden 1 --density .1 --sparsity .1", "not allowed with"),
        ("sweep run x.nc --features 2,3 --hidden 1 --importance .1,1", "use --importance-decay"),
        ("sweep run x.nc --features 2 --hidden 1 --set bias", "is not NAME=VALUES"),
        ("sweep run x.nc --features 2 --hidden 1 --set actvation=relu,gelu", "did you mean 'activation'?"),
        ("sweep run x.nc --features 2 --hidden 1 --set activation=relu,gleu", "did you mean 'gelu'?"),
        ("sweep run x.nc --features 2 --hidden 1 --set density=.1 --density .1", "given twice"),
        ("sweep run x.nc --features 2 --hidden 1 --quality best", "draft"),
        ("sweep run x.nc --features 2 --hidden 1 --decay linear", "did you mean"),
        ("sweep run x.nc --features 2 --hidden 1 --init mirrored", "use architecture='untied' or another"),
        ("sweep run x.nc --features 2 --hidden 1 --init -1", "init"),
        ("sweep run x.nc --features 2 --hidden 1 --seeds 0", "seeds"),
        ("sweep run x.nc --features 2 --hidden 1 --workers 0", "workers"),
        ("sweep run x.nc --features 2 --hidden 1 --scheduler tcp://127.0.0.1:9", "No Dask scheduler answers"),
        ("sweep walk x.nc", "choose from"),
        ("sweep show missing.nc", "missing.nc"),
        ("sweep resume missing.nc", "missing.nc"),
        ("paper run", "NAME"),
        ("paper run E99", "There is no experiment 'E99'; there are E1"),
        ("paper run E3 --seed x", "--seed"),
    ],
)
def test_a_mistake_is_one_sentence(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert words in refused(capsys, arguments)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_sweep_is_said_and_left_alone(tmp_path, capsys):
    foreign = tmp_path / "notes.nc"
    foreign.write_text("not a netCDF file")
    for arguments in (["show", foreign], ["resume", foreign]):
        assert str(foreign.name) in refused(capsys, "sweep", *arguments)
    assert foreign.read_text() == "not a netCDF file"


def test_too_much_is_refused_with_the_option_that_allows_it(tmp_path, capsys):
    arguments = "--features 400 --hidden 30 --density 0.3 --seeds 100000 --quality paper --quiet"
    sentence = refused(capsys, "sweep", "run", tmp_path / "x.nc", arguments)
    assert "--anyway" in sentence
    assert "anyway=True" not in sentence


def test_a_phase_map_is_trained_and_shown(tmp_path, capsys):
    import tms_widgets as tms

    file = tmp_path / "map.nc"
    arguments = "--features 2 --hidden 1 --density 1:0.01:6 --importance 0.1:10:7 --seeds 6"
    code, out, err = run(capsys, "sweep", "run", file, arguments)
    assert code == 0
    assert str(file) in out
    assert "252 models" in err
    with tms.open_sweep(file) as dataset:
        assert dict(dataset.sizes) == {
            "density": 6, "importance": 7, "seed": 6, "hidden": 1, "feature": 2
        }  # fmt: skip
        assert float(dataset.importance[-1]) == 10.0

    code, out, _ = run(capsys, "sweep", "show", file)
    assert code == 0
    assert "252 models, all trained" in out
    lines = out.splitlines()
    maps = [line for line in lines if set("·o#") & set(line) and line.lstrip()[:1].isdigit()]
    assert len(maps) == 7, "a line for each importance"
    top, bottom = maps[0].split(), maps[-1].split()
    assert float(top[0]) > float(bottom[0])
    # dense and important: dedicated; dense and not: dropped; sparse: shared; in the models and in theory
    for trained in (1, 2):
        assert top[trained].startswith("oo")
        assert bottom[trained].startswith("··")
        assert top[trained].endswith("##")
    agreement = float(next(line for line in lines if "best seed agree" in line).split("%")[0].split()[-1])
    assert agreement > 85


def test_other_axes_than_those_of_a_map(tmp_path, capsys):
    file = tmp_path / "kinds.nc"
    arguments = "--features 3 --hidden 1,2 --importance-decay 0.9 --set activation=relu,linear --seeds 2"
    training = "--steps 40 --decay none --init 0.02 --quiet"
    assert run(capsys, "sweep", "run", file, arguments, training)[0] == 0
    settings = open_sweep(file).tms.sweep.settings
    assert (settings.steps, settings.decay, settings.init) == (40, "none", 0.02)
    code, out, _ = run(capsys, "sweep", "show", file)
    assert code == 0
    assert "n_hidden" in out
    assert "relu, linear" in out
    assert "Phase of the last feature" not in out


def test_an_existing_file_is_not_overwritten(tmp_path, capsys):
    file = tmp_path / "a.nc"
    arguments = "--features 2 --hidden 1 --density 0.1,0.2 --seeds 2 --steps 20 --quiet"
    assert run(capsys, "sweep", "run", file, arguments)[0] == 0
    before = file.read_bytes()
    assert str(file) in refused(capsys, "sweep", "run", file, arguments)
    assert file.read_bytes() == before


def test_an_interrupted_sweep_goes_on(tmp_path, monkeypatch, capsys):
    """Ctrl+C in the middle: exit code 1, what to type, and typing it gives the undisturbed result."""
    import xarray as xr

    import tms_widgets as tms
    from tms_widgets.sweeps import blocks

    arguments = "--features 2 --hidden 1 --density 1:0.01:8 --seeds 4 --steps 50 --block-models 4 --quiet"
    file, whole = tmp_path / "a.nc", tmp_path / "whole.nc"
    assert run(capsys, "sweep", "run", whole, arguments)[0] == 0

    trained = []
    genuine = blocks.train_block

    def interrupted(task):
        if len(trained) == 3:
            raise KeyboardInterrupt
        trained.append(task)
        return genuine(task)

    patch_everywhere(monkeypatch, genuine, interrupted)
    code, _, err = run(capsys, "sweep", "run", file, arguments)
    assert code == 1
    assert f"tms-widgets sweep resume {file}" in err
    monkeypatch.undo()

    code, out, _ = run(capsys, "sweep", "show", file)
    assert code == 0
    assert "32 models, 12 of them trained" in out
    assert run(capsys, "sweep", "resume", file, "--quiet")[0] == 0
    with tms.open_sweep(file) as resumed, tms.open_sweep(whole) as undisturbed:
        xr.testing.assert_equal(resumed, undisturbed)


def patch_everywhere(monkeypatch, function, other):
    """Replace a function in every module of the package that has imported it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("tms_widgets.sweeps") and getattr(module, function.__name__, None) is function:
            monkeypatch.setattr(module, function.__name__, other)


def test_the_experiments_are_listed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "1000")
    code, out, _ = run(capsys, "paper", "list")
    assert code == 0
    for experiment in paper.EXPERIMENTS.values():
        assert f"{experiment.id} " in out
        assert all(claim.text in out for claim in experiment.claims)


def test_claims_that_hold_are_fine(capsys):
    code, out, _ = run(capsys, "paper", "run", "E3", "E3")
    assert code == 0
    assert out.count("✓") == len(paper["E3"].claims), "named twice, it runs once"
    assert "✗" not in out


def test_a_claim_that_fails_is_exit_code_1(monkeypatch, capsys):
    from dataclasses import replace

    false = paper.Claim("Two and two are five", lambda result: (False, "4"))
    monkeypatch.setitem(paper.EXPERIMENTS, "E3", replace(paper["E3"], claims=(false, *paper["E3"].claims)))
    code, out, _ = run(capsys, "paper", "run", "E3", "--seed", 1)
    assert code == 1
    assert "✗ Two and two are five [4]" in out
    assert "1 claim failed." in out


def test_the_script_is_installed_and_a_closed_pipe_is_no_error():
    done = subprocess.run(
        f"'{SCRIPT}' paper list | head -n 1", shell=True, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.startswith("E1 ")
    assert done.stderr == ""


def test_the_page_about_it_tells_the_truth(capsys):
    """Every option and command that the page and the README name exists."""
    import re

    helps = " ".join(run(capsys, *command.split(), "--help")[1] for command in COMMANDS)
    for page in ("docs/command_line.md", "README.md"):
        text = (ROOT / page).read_text()
        assert "tms-widgets sweep run" in text
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text if "docs/" in page else ""):
            assert f"{option} " in helps + " " or option == "--help", option


def test_the_stored_sweep_is_made_again_and_never_overwritten(tmp_path, monkeypatch, capsys):
    import tms_widgets as tms
    from tms_widgets.paper import stored

    small = tms.Sweep(tms.Problem(3, 2), density=[0.5, 0.1], n_seeds=2, steps=5)
    monkeypatch.setattr(stored, "uniform_sweep", lambda: small)
    file = tmp_path / "small.nc"
    code, out, _ = run(capsys, "paper", "data", file)
    assert code == 0
    assert str(file) in out
    assert dict(tms.open_sweep(file).sizes) == {"density": 2, "hidden": 2, "feature": 3}
    assert "exists already" in refused(capsys, "paper", "data", file)
