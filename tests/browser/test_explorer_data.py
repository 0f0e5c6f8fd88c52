"""What the Explorer trains on, as a reader chooses it: presets, sets of features, a perturbed feature."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

import tms_widgets as tms
from tms_widgets.widgets.explorer import Explorer

from .explorer_page import caption, pictures, slider, until
from .host import Mounted

pytestmark = pytest.mark.usefixtures("compiled")


def test_presets_by_key_and_button(explorer: Explorer, page_of: Mounted) -> None:
    page_of.root.locator("canvas").first.click(position={"x": 3, "y": 3})
    page_of.page.keyboard.press("1")
    until(page_of, lambda: explorer.value["density"] == 1.0)
    button = page_of.root.get_by_role("button", name="E4 linear")
    button.click()
    until(page_of, lambda: explorer.architecture == "linear")
    assert (explorer.n_features, explorer.n_hidden, explorer.importance) == (20, 5, 0.7)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page_of.root.get_by_role("button", name="E1 S=0.9")).to_have_attribute("aria-pressed", "false")
    expect(caption(page_of)).to_contain_text("20 features in 5 dimensions")


def section(shown: Mounted) -> Locator:
    return shown.root.get_by_label("Section of the paper")


def test_the_presets_of_every_section_can_be_found(explorer: Explorer, page_of: Mounted) -> None:
    options = section(page_of).locator("option").all_text_contents()
    first = [text.split()[1] for text in options]
    assert first == ["1–3", "5", "6", "7", "9", "10", "11", "Comments:"]
    section(page_of).select_option("6 Non-uniform geometry")
    assert explorer.n_features == 5, "to look at a section trains nothing"
    expect(page_of.root.get_by_role("button", name="E4 linear")).to_have_count(0)
    page_of.root.get_by_role("button", name="Reset").focus()
    page_of.page.keyboard.press("2")
    until(page_of, lambda: (explorer.features, explorer.set_size) == ("correlated", 2))
    pressed = page_of.root.get_by_role("button", name="E16 pairs")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(caption(page_of)).to_contain_text("4 features (2 correlated sets of 2) in 2 dimensions")


def test_page_down_walks_through_the_paper(explorer: Explorer, page_of: Mounted) -> None:
    page_of.root.get_by_role("button", name="Reset").focus()
    keyboard = page_of.page.keyboard
    keyboard.press("PageDown")
    until(page_of, lambda: explorer.architecture == "linear")
    keyboard.press("PageUp")
    until(page_of, lambda: explorer.architecture == "relu_output" and explorer.n_features == 5)
    section(page_of).select_option("7 Learning dynamics")
    page_of.root.get_by_role("button", name="E22 quick").click()
    until(page_of, lambda: explorer.n_hidden == 3)
    keyboard.press("PageUp")
    expect(section(page_of)).to_have_value("6 Non-uniform geometry")
    until(page_of, lambda: (explorer.n_features, explorer.density) == (6, 0.08))
    slider(page_of, "Sparsity S").press("ArrowRight")
    until(page_of, lambda: explorer.density == 0.07)
    page_of.root.get_by_role("button", name="Reset").focus()
    keyboard.press("PageDown")
    expect(section(page_of)).to_have_value("7 Learning dynamics")
    until(page_of, lambda: explorer.set_size == 3)


def test_features_come_in_sets(explorer: Explorer, page_of: Mounted) -> None:
    kind = page_of.root.get_by_label("Sets", exact=True)
    size = page_of.root.get_by_label("Set size")
    expect(size).to_be_hidden()
    slider(page_of, "Features n").press("ArrowRight")
    until(page_of, lambda: explorer.n_features == 6)
    before = pictures(page_of)
    kind.select_option("correlated")
    until(page_of, lambda: (explorer.features, explorer.set_size) == ("correlated", 2))
    assert size.locator("option").all_text_contents() == ["of 2", "of 3", "of 6"], "divisors of n"
    size.select_option("3")
    until(page_of, lambda: explorer.set_size == 3)
    expect(caption(page_of)).to_have_text(explorer.caption)
    for view, sign in (("geometry", "Same colour"), ("matrix", "Blocks"), ("stack", "Brackets")):
        words = page_of.root.locator(f".tmsx-{view} figcaption")
        expect(words).to_contain_text(f"{sign}: correlated sets of 3, active together.")
    assert all(new != old for new, old in zip(pictures(page_of)[:3], before[:3], strict=True))
    kind.select_option("anticorrelated")
    until(page_of, lambda: explorer.features == "anticorrelated")
    assert explorer.set_size == 3
    kind.select_option("independent")
    until(page_of, lambda: (explorer.features, explorer.set_size) == ("independent", None))
    expect(size).to_be_hidden()
    page_of.root.get_by_role("button", name="Undo").click()
    until(page_of, lambda: (explorer.features, explorer.set_size) == ("anticorrelated", 3))


def test_sets_stay_whole_while_features_are_added(explorer: Explorer, page_of: Mounted) -> None:
    explorer.problem = tms.Problem(6, 2, density=0.1, features="correlated", set_size=3)
    handle = slider(page_of, "Features n")
    expect(page_of.root.get_by_label("Set size")).to_have_value("3")
    for n in (9, 12):
        handle.press("ArrowRight")
        until(page_of, lambda n=n: (explorer.n_features, explorer.set_size) == (n, 3))
    handle.press("Home")
    until(page_of, lambda: (explorer.n_features, explorer.set_size) == (3, 3))


def factor(shown: Mounted) -> Locator:
    return shown.root.get_by_role("slider", name="Density factor", include_hidden=True)


def test_a_sparser_feature_collapses_the_pentagon_while_one_drags(
    explorer: Explorer, page_of: Mounted
) -> None:
    section(page_of).select_option("6 Non-uniform geometry")
    opened = page_of.root.get_by_role("button", name="perturb one")
    expect(factor(page_of)).to_be_hidden()
    page_of.root.get_by_role("button", name="E15").click()
    expect(caption(page_of)).to_contain_text("a regular pentagon")
    expect(opened).to_have_attribute("aria-expanded", "true")
    handle = factor(page_of)
    expect(handle).to_be_visible()
    assert (handle.get_attribute("max"), handle.input_value()) == ("40", "20"), "1 in the middle"
    box = handle.bounding_box()
    assert box is not None
    mouse, middle = page_of.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * 0.5, middle)
    mouse.down()
    for part in (0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1):
        mouse.move(box["x"] + box["width"] * part, middle)
    mouse.up()
    until(page_of, lambda: explorer.factor < 0.2)
    expect(caption(page_of)).to_have_text(explorer.caption)
    expect(caption(page_of)).to_contain_text("two digons")
    assert "feature 0 active" in explorer.caption
    assert (explorer.problem.density[0], explorer.problem.density[1]) == (  # pyright: ignore[reportIndexIssue]
        pytest.approx(explorer.factor * 0.05),
        0.05,
    )
    page_of.root.get_by_role("button", name="Undo").click()
    until(page_of, lambda: explorer.factor == 1)
    expect(handle).to_have_value("20")


def test_the_perturbed_feature_is_chosen_and_let_go(explorer: Explorer, page_of: Mounted) -> None:
    opens = page_of.root.get_by_role("button", name="perturb one")
    height = page_of.root.locator(".tmsx-controls").bounding_box()
    opens.click()
    until(page_of, lambda: explorer.perturbed == 0)
    which = page_of.root.get_by_label("Perturbed feature")
    assert which.locator("option").count() == 5
    which.select_option("4")
    until(page_of, lambda: explorer.perturbed == 4)
    handle = factor(page_of)
    handle.press("End")
    until(page_of, lambda: explorer.problem.density == (0.1, 0.1, 0.1, 0.1, 1.0))
    slider(page_of, "Sparsity S").press("ArrowLeft")
    until(page_of, lambda: explorer.problem.density == (0.12, 0.12, 0.12, 0.12, 1.0))
    said = handle.get_attribute("aria-valuetext") or ""
    assert said.startswith("× 10, Feature 4: 1 − S = 1, the most there is"), said
    slider(page_of, "Features n").press("ArrowLeft")
    until(page_of, lambda: (explorer.n_features, explorer.perturbed) == (4, 3))
    opens.click()
    until(page_of, lambda: (explorer.perturbed, explorer.factor) == (None, 1))
    assert explorer.problem.density == 0.12
    expect(handle).to_be_hidden()
    assert page_of.root.locator(".tmsx-controls").bounding_box() == height, "closed, it takes no room"


def test_python_perturbs_and_groups_on_the_page(explorer: Explorer, page_of: Mounted) -> None:
    explorer.perturbed = 2
    explorer.factor = 0.4
    expect(page_of.root.get_by_label("Perturbed feature")).to_have_value("2")
    expect(factor(page_of)).to_have_attribute("aria-valuetext", "× 0.4, Feature 2: 1 − S = 0.1 → 0.04")
    explorer.perturbed = None
    explorer.n_features = 4
    explorer.features = "anticorrelated"
    expect(page_of.root.get_by_label("Sets", exact=True)).to_have_value("anticorrelated")
    expect(page_of.root.get_by_label("Set size")).to_have_value("2")


def small(shown: Mounted, name: str) -> Locator:
    return shown.root.get_by_role("button", name=name, include_hidden=True)


def test_controls_of_the_model_appear_where_they_mean_something(explorer: Explorer, page_of: Mounted) -> None:
    model, activation = (
        page_of.root.get_by_label("Model", exact=True),
        page_of.root.get_by_label("Output activation"),
    )
    bias = small(page_of, "Hidden bias")
    expect(activation).to_be_visible()
    expect(bias).to_be_hidden()
    model.select_option("linear")
    until(page_of, lambda: (explorer.architecture, explorer.activation) == ("linear", "linear"))
    expect(activation).to_be_hidden()
    expect(page_of.root.locator(".tmsx-controls")).to_contain_text("x′ = WᵀWx + b")
    model.select_option("untied")
    until(page_of, lambda: (explorer.architecture, explorer.activation) == ("untied", "relu"))
    expect(page_of.root.locator(".tmsx-controls")).to_contain_text("y′ = ReLU(W₂ ReLU(W₁x) + b), target |x|")
    bias.click()
    until(page_of, lambda: explorer.hidden_bias is True)
    expect(bias).to_have_attribute("aria-pressed", "true")
    expect(page_of.root.locator(".tmsx-controls")).to_contain_text("ReLU(W₁x + bₕ)")
    slider(page_of, "Hidden dimensions m").press("End")
    until(page_of, lambda: explorer.n_hidden == 40)
    model.select_option("relu_output")
    until(page_of, lambda: (explorer.hidden_bias, explorer.n_hidden) == (False, 5))
    expect(bias).to_be_hidden()
    activation.select_option("gelu")
    until(page_of, lambda: explorer.activation == "gelu")
    activation.select_option("linear")
    until(page_of, lambda: explorer.architecture == "linear")
    page_of.root.get_by_role("button", name="Undo").click()
    until(page_of, lambda: (explorer.architecture, explorer.activation) == ("relu_output", "gelu"))


def test_a_penalty_is_added_changed_and_taken_away(explorer: Explorer, page_of: Mounted) -> None:
    opens = small(page_of, "Penalty on hidden activations")
    handle = page_of.root.get_by_role("slider", name="Penalty λ", include_hidden=True)
    expect(handle).to_be_hidden()
    opens.click()
    until(page_of, lambda: explorer.l1 == 0.1)
    expect(opens).to_have_attribute("aria-expanded", "true")
    handle.press("ArrowRight")
    until(page_of, lambda: explorer.run.problem.l1 == 0.125)
    opens.click()
    until(page_of, lambda: explorer.l1 == 0)
    expect(handle).to_be_hidden()


def test_neurons_are_shown_one_by_one(explorer: Explorer, page_of: Mounted) -> None:
    views = page_of.root.locator(".tmsx-stack")
    expect(views).to_have_attribute("aria-label", "Norms and interference")
    page_of.root.get_by_label("Model", exact=True).select_option("relu_hidden")
    expect(views).to_have_attribute("aria-label", "Weights of each neuron")
    expect(views.locator("canvas")).to_have_count(1)
    expect(views.locator("figcaption")).to_contain_text("of 2 neurons monosemantic")
    before = pictures(page_of)
    views.get_by_text("absolute").click()
    assert pictures(page_of)[2] != before[2]
    views.locator("canvas").press("ArrowRight")
    until(page_of, lambda: explorer.hovered is not None)
    expect(page_of.root.locator(".tmsx-seeds")).to_contain_text(" mono, ")
    page_of.root.get_by_label("Model", exact=True).select_option("untied")
    expect(page_of.root.locator(".tmsx-matrix")).to_have_attribute("aria-label", "W₂W₁ and b")
    page_of.root.get_by_role("button", name="Reset").click()
    expect(views).to_have_attribute("aria-label", "Norms and interference")
    expect(views.locator("canvas")).to_have_count(1)


def test_the_slow_film_is_named_and_left_again(explorer: Explorer, page_of: Mounted) -> None:
    usual = page_of.root.get_by_role("button", name="usual training")
    expect(usual).to_be_hidden()
    section(page_of).select_option("7 Learning dynamics")
    page_of.root.get_by_role("button", name="E22 slow").click()
    until(page_of, lambda: explorer._state["done"] and explorer.training["steps"] == 8000)
    expect(page_of.root.locator(".tmsx-where")).to_contain_text("step 8000 of 8000")
    expect(page_of.root.locator(".tmsx-controls")).to_contain_text("a constant rate, 8000 steps")
    usual.click()
    until(page_of, lambda: explorer.training == {} and explorer.run.schedule.decay == "cosine")
    expect(usual).to_be_hidden()
    expect(page_of.root.get_by_role("button", name="E22 quick")).to_have_attribute("aria-pressed", "true")
