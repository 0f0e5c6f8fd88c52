"""train, Session, iter_frames: determinism, films, batches of problems, limits."""

import numpy as np
import pytest

from tms_widgets.core import Problem, Session, SettingError, iter_frames, train

PENTAGON = Problem(5, 2, importance=0.9, density=0.05)
ARCHITECTURES = ["linear", "relu_output", "relu_hidden", "untied"]
SHORT = {"steps": 40, "batch_size": 32}


def same(a, b):
    return np.array_equal(a.W, b.W) and np.array_equal(a.b, b.b)


def test_an_instance_does_not_depend_on_its_neighbours():
    seed = int(np.random.default_rng().integers(2**31))
    many = train(PENTAGON, n_seeds=5, seed=seed)
    alone = train(PENTAGON, n_seeds=1, seed=seed + 3)
    assert same(many[3].frames, alone.frames)
    sweep = train([PENTAGON.replace(density=p) for p in (1.0, 0.05, 0.01)], n_seeds=5, seed=seed)
    assert same(sweep.of(PENTAGON).frames, many.frames)
    assert same(train(PENTAGON, n_seeds=5, seed=seed).frames, many.frames)
    assert not same(train(PENTAGON, n_seeds=5, seed=seed + 5).frames, many.frames)


def test_each_problem_may_have_seeds_of_its_own():
    problems = [PENTAGON.replace(density=p) for p in (1.0, 0.05)]
    run = train(problems, n_seeds=2, seed=[100, 7])
    assert run.seeds.tolist() == [100, 101, 7, 8]
    assert same(run.of(PENTAGON).frames, train(PENTAGON, n_seeds=2, seed=7).frames)
    with pytest.raises(SettingError, match="seed has 3 entries but there are 2 problems"):
        train(problems, seed=[1, 2, 3])


@pytest.mark.parametrize(
    "problem", [PENTAGON, Problem(6, 2, density=0.3, features="anticorrelated", set_size=2)]
)
def test_the_reference_engine_gives_an_instance_its_own_stream(problem):
    many = train(problem, n_seeds=3, seed=9, engine="reference", **SHORT)
    alone = train(problem, n_seeds=1, seed=11, engine="reference", **SHORT)
    # batched products may round differently, so not to the last bit
    assert np.allclose(many[2].W, alone.W, atol=1e-4)
    assert not np.allclose(many[1].W, alone.W, atol=1e-2)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_learns(architecture):
    problem = Problem(4, 6, density=0.5, architecture=architecture)
    run = train(problem, n_seeds=2, engine="reference", steps=150, batch_size=128, learning_rate=0.03)
    assert run.W.shape == (2, 6, 4)
    assert run.b.shape == (2, 4)
    assert (run.W_out is not None) == (architecture == "untied")
    assert (run.loss < 0.7 * run.frames.loss[0]).all()


@pytest.mark.parametrize("engine", ["exact", "stratified", "dense", "reference"])
def test_the_film_starts_untrained_and_ends_on_the_final_weights(engine):
    run = train(PENTAGON, n_seeds=2, engine=engine, n_frames=20, steps=60)
    steps = run.frames.step
    assert steps[0] == 0
    assert steps[-1] == 60
    assert len(steps) <= 20
    assert (np.diff(steps) > 0).all()
    assert np.diff(steps)[-1] > np.diff(steps)[0]
    assert np.array_equal(run.frames[-1].W, run.W)
    assert run.frames.loss[-1] == pytest.approx(run.loss)
    assert (run.frames.loss[-1] < run.frames.loss[0]).all()


@pytest.mark.parametrize(
    ("problem", "engine"),
    [
        (PENTAGON, "exact"),
        (PENTAGON.replace(activation="gelu"), "exact"),
        (PENTAGON.replace(architecture="untied"), "stratified"),
        (Problem(20, 5, density=0.1), "stratified"),
        (Problem(20, 5, density=0.1, features="correlated", set_size=2), "stratified"),
        (Problem(300, 10, density=0.3), "dense"),
        (Problem(20, 5, density=0.1, activation="gelu"), "reference"),
    ],
)
def test_the_engine_follows_from_the_problem_and_is_reported(problem, engine):
    run = train(problem, n_seeds=1, steps=3, batch_size=16)
    assert run.engine == engine
    assert bool(run.engine_note) == (engine == "reference")


def test_an_engine_that_cannot_is_refused_in_words():
    with pytest.raises(SettingError, match=r"engine='exact' was asked for, but .* use engine='auto'"):
        train(PENTAGON.replace(architecture="untied"), engine="exact")
    with pytest.raises(SettingError, match=r"gelu .* use engine='auto' or 'reference'"):
        train(Problem(20, 5, density=0.1, activation="gelu"), engine="stratified")


def test_a_session_stopped_and_continued_is_one_training():
    whole = train(PENTAGON, n_seeds=3, seed=5)
    session = Session(PENTAGON, n_seeds=3, seed=5)
    assert session.progress == 0.0
    seen = []
    while not session.done:
        session.advance(budget_s=0.0)
        seen.append(session.progress)
        part = session.run()
        assert np.array_equal(part.W, whole.frames.W[len(part.frames) - 1])
    assert seen == sorted(seen)
    assert len(seen) > 2
    assert session.progress == 1.0
    assert same(session.run(), whole)
    assert session.run().loss == pytest.approx(whole.loss)


def test_iter_frames_yields_the_film_of_train():
    run = train(PENTAGON, n_seeds=2, seed=1, n_frames=12)
    frames = list(iter_frames(PENTAGON, n_seeds=2, seed=1, n_frames=12))
    assert [frame.step for frame in frames] == run.frames.step.tolist()
    assert all(np.array_equal(frame.W, run.frames.W[i]) for i, frame in enumerate(frames))


def test_the_best_is_the_best_of_each_problem():
    problems = [PENTAGON.replace(density=p) for p in (1.0, 0.05)]
    run = train(problems, n_seeds=4)
    assert run.n_instances == 8
    assert run.best.n_instances == 2
    assert run.best.loss == pytest.approx([run.loss[:4].min(), run.loss[4:].min()])
    assert [p.density for p in run.best.problems] == [1.0, 0.05]
    with pytest.raises(ValueError, match="different problems"):
        _ = run.problem


def test_a_run_that_diverges_ends_at_its_last_finite_frame():
    problem = Problem(5, 2, importance=[1e6] * 5, density=0.5)
    session = Session(problem, n_seeds=1, engine="reference", **SHORT)
    session.advance(budget_s=0.0)
    with np.errstate(invalid="ignore"):
        session._engine.model.W.data.fill_(float("inf"))  # pyright: ignore[reportAttributeAccessIssue]
        session.advance()
    run = session.run()
    assert session.done
    assert np.isfinite(run.W).all()
    assert run.frames.step[-1] < 40
    assert "learning_rate below 0.01 would help" in run.stopped


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"n_seeds": 0}, "n_seeds=0 is outside"),
        ({"n_seeds": True}, "n_seeds=True is not a whole number"),
        ({"seed": -1}, "seed=-1 is outside"),
        ({"steps": 0}, "steps=0 is outside"),
        ({"learning_rate": 0}, "learning_rate=0 is not allowed"),
        ({"n_frames": 0}, "n_frames=0 is outside"),
        ({"engine": "fast"}, "engine='fast' is unknown"),
    ],
)
def test_bad_training_settings_get_one_sentence(settings, words):
    with pytest.raises(SettingError) as caught:
        train(PENTAGON, **settings)
    assert words in str(caught.value)


def test_what_is_not_a_problem_is_named():
    with pytest.raises(SettingError, match="train needs a Problem"):
        train(3)  # pyright: ignore[reportArgumentType]
    with pytest.raises(SettingError, match="train needs a Problem"):
        train([])
    with pytest.raises(SettingError, match="n_features is 5 in one and 6 in another"):
        train([PENTAGON, Problem(6, 2)])


def test_too_much_memory_is_refused_before_it_is_taken_and_the_remedy_works(monkeypatch):
    monkeypatch.setenv("TMS_MAX_BYTES", "2000000")
    with pytest.raises(SettingError, match=r"over the limit of 2 MB .* n_frames=(\d+) works") as caught:
        train(Problem(50, 20), n_seeds=16)
    frames = int(str(caught.value).split("n_frames=")[1].split()[0])
    assert len(train(Problem(50, 20), n_seeds=16, n_frames=frames, steps=3).frames) <= frames
    with pytest.raises(SettingError, match=r"n_seeds=\d+ and n_frames=1 works"):
        train(Problem(50, 20), n_seeds=5000)
    with pytest.raises(SettingError, match=r"n_hidden=\d+, one seed"):
        train(Problem(50, 10_000), n_seeds=1)
    with pytest.raises(SettingError, match=r"n_features=\d+, n_hidden=1"):
        train(Problem(10_000, 10_000))
