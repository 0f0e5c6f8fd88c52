"""The paper's claims, with fresh seeds, on every engine; what is long stands behind the marker ``paper``."""

import pytest

from tms_widgets import paper
from tms_widgets.core import SettingError
from tms_widgets.core.engines import FUSED

# torch autograd needs minutes for what the fused engine does in seconds, so here it trains fewer models on
# smaller batches; ``make paper`` gives it more
REFERENCE = {"engine": "reference", "learning_rate": 0.03, "batch_size": 256}


def assert_holds(name, **settings):
    experiment = paper[name]
    result = experiment.run(**settings)
    findings = experiment.check(result)
    assert len(findings) == len(experiment.claims) > 0
    assert not paper.failed(findings), paper.failed(findings)
    engines = {run.engine for run in result.runs}
    assert engines <= ({settings["engine"]} if "engine" in settings else set(FUSED))


@pytest.mark.parametrize("name", ["E1", "E3", "E4", "E5"])
def test_the_claims_hold_on_the_fused_engines(name):
    assert_holds(name)


def test_five_features_on_the_reference_engine():
    assert_holds("E1", **REFERENCE, n_seeds=12, steps=700)


def test_one_model_on_the_reference_engine():
    assert_holds("E3", **REFERENCE, n_seeds=2, steps=3000)


@pytest.mark.paper
@pytest.mark.parametrize(("name", "n_seeds"), [("E4", 24), ("E5", 3)])
def test_the_grids_on_the_reference_engine(name, n_seeds):
    assert_holds(name, **REFERENCE | {"batch_size": 512}, n_seeds=n_seeds, steps=3000)


def test_a_claim_can_fail():
    """A model of one step has learned nothing yet."""
    experiment = paper["E1"]
    result = experiment.run(n_seeds=1, steps=1)
    assert paper.failed(experiment.check(result))


def test_the_catalogue_is_a_mapping_with_words_for_what_is_not_there():
    assert list(paper) == ["E1", "E3", "E4", "E5"]
    assert len(paper) == 4
    assert paper["E4"].section == "3 Demonstrating Superposition"
    with pytest.raises(SettingError, match="There is no experiment 'E99'; there are E1"):
        paper["E99"]


def test_a_result_is_found_by_its_settings():
    result = paper["E4"].run(n_seeds=1, steps=2)
    assert result.run(architecture="linear", density=0.1).problem.architecture == "linear"
    assert len(result.where(architecture="relu_output")) == 7
    with pytest.raises(ValueError, match="No problem of this experiment"):
        result.run(density=0.5)
