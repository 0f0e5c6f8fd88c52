"""Microscope, AttackView and LossStrata as a reader meets them: inputs, sums, attacks, strata."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tms_widgets.core import Problem, train
from tms_widgets.core.run import Run
from tms_widgets.measures.polytopes import polygon, simplex
from tms_widgets.widgets.attack_view import AttackView
from tms_widgets.widgets.loss_strata import LossStrata
from tms_widgets.widgets.microscope import Microscope

from .conftest import Mount
from .host import Mounted
from .pictures import assert_as_kept, picture_of

BIAS = np.full(5, -0.1)


def drawn(mounted: Mounted) -> str:
    mounted.settle()
    return canvas(mounted).evaluate("c => c.toDataURL()")


def canvas(mounted: Mounted) -> Locator:
    return mounted.root.locator("canvas")


def said(mounted: Mounted) -> str:
    return mounted.root.locator(".tms-sum").inner_text()


@pytest.fixture(scope="module")
def densities(compiled: None) -> Run:
    """The same ten features at three densities."""
    problems = [Problem(10, 3, importance=0.8, density=p) for p in (0.3, 0.05, 0.005)]
    return train(problems, n_seeds=8, n_frames=1, seed=3)


def test_features_are_switched_and_set_and_python_follows(mount: Mount) -> None:
    one = Microscope((polygon(5), BIAS), x={0: 1.0})
    mounted = mount(one, width=800)
    chips = mounted.root.get_by_role("group", name="Features switched on").get_by_role("button")
    expect(chips).to_have_count(5)
    expect(chips.nth(0)).to_have_attribute("aria-pressed", "true")
    plain = drawn(mounted)
    chips.nth(2).click()
    assert one.x == [1.0, 0.0, 1.0, 0.0, 0.0]
    assert drawn(mounted) != plain
    slider = mounted.root.get_by_label("Value of feature 2")
    slider.focus()
    slider.press("ArrowLeft")
    slider.press("Home")
    assert one.x[2] == 0.01, "a slider does not switch its feature off"
    chips.nth(2).click()
    mounted.page.mouse.move(0, 0)
    assert one.x == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert drawn(mounted) == plain
    mounted.root.get_by_role("button", name="all off").click()
    assert one.value.active == ()
    expect(mounted.root.get_by_text("No feature is active")).to_be_visible()
    mounted.root.get_by_role("button", name="two at random").click()
    assert len(one.value.active) == 2
    one.close()


def test_the_browser_writes_the_sums_that_python_has(mount: Mount) -> None:
    one = Microscope((polygon(5), BIAS), x={1: 0.8, 3: 0.5})
    mounted = mount(one, width=800)
    found = one.value
    worst = int(found.cost.argmax())
    assert said(mounted).startswith(f"output {worst}: s")
    loss = re.search(r"= ([\d.]+)\.$", mounted.root.locator("figcaption").inner_text())
    assert loss
    assert float(loss[1]) == pytest.approx(found.loss, rel=0.01)
    canvas(mounted).hover(position={"x": 400, "y": 34 + 22 * 2.5})
    assert one.hovered == 2
    terms = [float(x.replace("−", "-")) for x in re.findall(r"[−+]?\d\.\d\d", said(mounted))]
    assert sum(terms[:3]) == pytest.approx(found.s[2], abs=0.02)
    expect(mounted.root.locator(".tms-tip")).to_contain_text("output 2: s")
    canvas(mounted).click(position={"x": 400, "y": 34 + 22 * 2.5})
    mounted.page.mouse.move(0, 0)
    assert one.pinned == [2]
    assert said(mounted).startswith("output 2"), "a kept output stays written out"
    canvas(mounted).press("Escape")
    assert one.pinned == []
    one.close()


def test_the_keyboard_reads_every_output_aloud(mount: Mount) -> None:
    one = Microscope((polygon(5), BIAS))
    mounted = mount(one, theme="dark")
    canvas(mounted).focus()
    canvas(mounted).press("End")
    assert one.hovered == 4
    assert "output 4: s_4 = " in (mounted.root.locator("[aria-live]").text_content() or "")
    canvas(mounted).press("Enter")
    assert one.pinned == [4]
    one.close()


def test_a_neuron_that_is_off_says_so(mount: Mount, compiled: None) -> None:
    run = train(Problem(3, 6, density=0.3, architecture="untied"), n_seeds=1, n_frames=1, seed=1)
    one = Microscope(run, x={0: -0.5})
    off = int(np.flatnonzero(~one.value.on)[0])
    mounted = mount(one, width=800)
    row = 34 + (off + 0.5) * 3 * 22 / 6
    canvas(mounted).hover(position={"x": 200, "y": row})
    expect(mounted.root.locator(".tms-tip")).to_contain_text(f"neuron {off}: ReLU(")
    expect(mounted.root.locator(".tms-tip")).to_contain_text("off")
    assert one.hovered is None
    one.close()


@pytest.mark.parametrize("kind", [Microscope, AttackView])
@pytest.mark.parametrize("width", [200, 700])
def test_a_hundred_features_fit_and_can_be_switched(mount: Mount, kind: Any, width: int) -> None:
    one = kind(np.random.default_rng(2).normal(size=(12, 100)) / 3)
    mounted = mount(one, width=width)
    box = canvas(mounted).bounding_box()
    assert box is not None
    assert box["height"] < 600
    assert mounted.root.evaluate("el => el.scrollWidth - el.clientWidth") == 0
    mounted.root.get_by_label("Number of a feature").fill("77")
    mounted.root.get_by_role("button", name="on or off").click()
    assert one.x[77] == 1.0
    one.hovered = 50
    mounted.settle()
    expect(mounted.root.locator("figcaption")).to_contain_text("76 outputs")
    one.close()


def test_an_attack_is_chosen_and_sized(mount: Mount) -> None:
    one = AttackView(simplex(2), x={0: 1.0})
    mounted = mount(one, width=800)
    assert "1 output broken: 0" in said(mounted)
    mounted.root.get_by_role("combobox", name="Attack").select_option("1")
    assert one.feature == 1
    mounted.root.get_by_role("button", name="turn δ round").click()
    assert one.sign == -1
    assert "follows −(WᵀW)" in said(mounted)
    after = re.search(r"→ ([\d.e−]+\d)", said(mounted))
    assert after
    assert float(after[1].replace("−", "-")) == pytest.approx(one.value.loss_after, rel=0.05)
    size = mounted.root.get_by_label("Size of the attack")
    size.focus()
    size.press("End")
    assert one.fraction == 0.5
    size.press("Home")
    assert "No output is broken" in said(mounted)
    mounted.root.get_by_role("combobox", name="Attack").select_option("worst")
    assert one.feature is None
    one.close()


def test_strata_are_pointed_at_and_walked_through(mount: Mount, densities: Run) -> None:
    one = LossStrata(densities, n_samples=2000)
    mounted = mount(one, width=700)
    expect(mounted.root.locator("figcaption")).to_contain_text("1−S = 0.3")
    plain = drawn(mounted)
    canvas(mounted).click(position={"x": 400, "y": 18 + 24 * 1.5})
    assert one.model == 1
    expect(mounted.root.locator("figcaption")).to_contain_text("1−S = 0.05")
    canvas(mounted).hover(position={"x": 60, "y": 200})
    assert one.hovered == 0
    expect(mounted.root.locator(".tms-tip")).to_contain_text("k = 0: P = 60 %, L0 = ")
    expect(mounted.root.locator(".tms-tip")).to_contain_text("(exact)")
    canvas(mounted).press("ArrowRight")
    canvas(mounted).press("Enter")
    assert (one.hovered, one.pinned) == (1, [1])
    canvas(mounted).press("ArrowDown")
    assert one.model == 2
    canvas(mounted).press("End")
    assert f"k = {one.hovered}: P = 0.0" in (mounted.root.locator("[aria-live]").text_content() or "")
    canvas(mounted).press("Escape")
    canvas(mounted).press("ArrowUp")
    canvas(mounted).press("ArrowUp")
    assert (one.model, one.hovered, one.pinned) == (0, None, [])
    mounted.page.mouse.move(0, 0)
    assert drawn(mounted) == plain
    mounted.dispose()
    assert mounted.listeners() == 0
    one.close()


def test_what_does_not_fit_is_a_sentence(mount: Mount) -> None:
    one = Microscope(polygon(5))
    mounted = mount(one)
    one._weights = b"\0" * 8
    mounted.settle()
    expect(mounted.root.get_by_role("alert")).to_contain_text("2 values do not make 15")
    one.close()


def models(densities: Run) -> dict[str, Any]:
    return {
        "microscope": lambda: Microscope((polygon(5), BIAS), x={1: 0.8, 3: 0.5}, pinned=[1]),
        "attack": lambda: AttackView((polygon(5), BIAS), x={1: 0.8, 3: 0.5}, fraction=0.5),
        "strata": lambda: LossStrata(densities, n_samples=2000, model=1),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["microscope", "attack", "strata"])
def test_it_looks_as_it_did(mount: Mount, densities: Run, name: str, theme: str) -> None:
    one = models(densities)[name]()
    new = picture_of(mount(one, width=784, theme=theme, viewport={"width": 800, "height": 800}))
    one.close()
    assert_as_kept(new, f"{name}-{theme}-800.png")


def test_it_looks_the_same_at_twice_the_size(mount: Mount) -> None:
    one = Microscope((polygon(5), BIAS), x={1: 0.8, 3: 0.5})
    mounted = mount(one, width=384, device_scale_factor=2, viewport={"width": 400, "height": 800})
    assert canvas(mounted).evaluate("c => c.width / c.clientWidth") == pytest.approx(2, abs=0.01)
    assert mounted.root.evaluate("el => el.scrollWidth - el.clientWidth") == 0
    one.close()
