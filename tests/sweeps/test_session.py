"""A session trains for as long as it is given, and estimates and limits come before anything is allocated."""

from __future__ import annotations

import time

import numpy as np
import pytest

import tms_widgets as tms
from tms_widgets.core.checks import SettingError
from tms_widgets.core.engines.threads import at_most, available_cores


def test_a_session_fills_its_dataset_from_coarse_to_fine(monkeypatch):
    monkeypatch.setattr("tms_widgets.sweeps.session.BLOCK_SECONDS", 0.002)
    sweep = tms.Sweep(tms.Problem(20, 5), density=np.geomspace(0.5, 0.05, 9), n_seeds=10, steps=300)
    session = sweep.session()
    assert (session.done, session.progress) == (False, 0.0)
    assert np.isnan(session.eta_s)
    assert session.dataset.loss.isnull().all()
    shares = []
    while not session.done:
        session.advance(0.0)
        shares.append(session.progress)
        trained = session.dataset.loss.notnull()
        assert float(trained.mean()) == pytest.approx(session.progress)
        assert session.dataset.W.notnull().all(("hidden", "feature")).equals(trained)
        if session.progress <= 5 / 9:  # every second cell comes before the others
            assert not trained[1::2].any()
    assert shares == sorted(shares)
    assert len(shares) > 2
    assert shares[-1] == 1.0
    assert session.eta_s == 0.0
    assert session.dataset.identical(sweep.run(progress=False))
    session.advance(1.0)


def test_a_session_stops_when_its_time_is_over_or_it_is_told_to():
    sweep = tms.Sweep(tms.Problem(20, 5), density=np.geomspace(0.5, 0.05, 40), n_seeds=10, steps=1000)
    sweep.session().advance(0.0)  # the kernels are loaded
    session, start = sweep.session("plain"), time.perf_counter()
    session.advance(0.05)
    assert time.perf_counter() - start < 3.0
    assert 0.0 < session.progress < 1.0
    assert session.eta_s > 0.0
    before = session.dataset.loss.notnull().sum()
    session.cancel()
    assert session.done
    session.advance()
    assert session.dataset.loss.notnull().sum() == before
    with pytest.raises(SettingError, match="did you mean 'coarse'"):
        sweep.session("coarser")


def test_iter_yields_what_there_is_after_each_block():
    sweep = tms.phase_sweep(side=9, n_seeds=2, quality="draft")
    shares = [float(partial.loss.notnull().mean()) for partial in sweep.iter()]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_estimate_is_in_words_and_grows_with_the_sweep():
    few, many = (tms.phase_sweep(side=side, n_seeds=10).estimate(cores=2) for side in (10, 30))
    assert many.bytes == 9 * few.bytes == 900 * 10 * 4 * (1 + 2 + 2)
    assert 4 < many.seconds / few.seconds < 20
    assert many.seconds == pytest.approx(tms.phase_sweep(side=30).estimate(cores=4).seconds * 2)
    assert str(many).startswith("9,000 models: about ")
    assert "on 2 cores, and 180 kB of results." in str(many)
    reference = tms.Sweep(tms.Problem(5, 2), engine="reference").estimate()
    assert 0.1 < reference.seconds < 1000


def test_what_takes_too_much_is_refused_with_the_estimate_and_the_way_on(monkeypatch):
    sweep = tms.Sweep(tms.Problem(20, 5), density=np.linspace(0.1, 1, 10), n_seeds=100, steps=20)
    monkeypatch.setenv("TMS_MAX_BYTES", "100000")
    message = r"1,000 models would take 484 kB of memory, over the limit of 100 kB; at most 206 models"
    for way in (sweep.run, sweep.session):
        with pytest.raises(SettingError, match=message):
            way()
    monkeypatch.delenv("TMS_MAX_BYTES")
    assert sweep.run(progress=False).sizes["density"] == 10
    long = tms.Sweep(tms.Problem(200, 50), density=np.linspace(0.1, 1, 100), n_seeds=10, steps=200_000)
    with pytest.raises(SettingError, match=r"about [\d.]+ days here, over the limit of 1 hour; at most"):
        long.run()
    with pytest.raises(SettingError, match="anyway=True goes on"):
        long.session()
    long.session(anyway=True)


def test_anyway_goes_on(monkeypatch):
    monkeypatch.setattr("tms_widgets.sweeps.estimate.LONGEST", 1e-9)
    sweep = tms.Sweep(tms.Problem(2, 1), density=[0.5], n_seeds=2, steps=5)
    with pytest.raises(SettingError, match="anyway=True"):
        sweep.run()
    assert sweep.run(progress=False, anyway=True).loss.notnull().all()


def test_threads_can_be_limited_for_what_is_inside():
    before = available_cores()
    with at_most(1):
        assert available_cores() == 1
        with at_most(None):  # as a block of a sweep has it: what limits it stays
            assert available_cores() == 1
    assert available_cores() == before
    with at_most(10_000):
        assert available_cores() == before
