"""Neurons in a real JupyterLab: stacks and a graph of one run, tied to each other."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from .conftest import OpenNotebook

CELLS = (
    """import ipywidgets, tms_widgets as tms
problem = tms.Problem(3, 6, density=0.3, architecture="untied")
run = tms.train(problem, n_seeds=16, seed={seed}, n_frames=20)
s = tms.Selection()
stacks = tms.StackPlot(run, by="neuron", selection=s)
stacks""",
    """graph = tms.NeuronGraph(run, selection=s)
link = ipywidgets.jslink((stacks, "frame"), (graph, "frame"))
graph""",
)


def picture(canvas: Locator) -> str:
    canvas.page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    return canvas.evaluate("canvas => canvas.toDataURL()")


def test_stacks_and_a_graph_show_the_same_neurons(notebook: OpenNotebook, seed: int) -> None:
    book = notebook(*(cell.format(seed=seed) for cell in CELLS))
    book.run(0)
    book.run(1)
    stacks, graph = (book.output(cell).locator("canvas") for cell in (0, 1))
    said = book.output(1).locator("figcaption")
    expect(stacks).to_be_visible()
    counted = book.python("print(graph.caption.split('; ')[3].split(' (')[0])")
    expect(said).to_contain_text(counted)
    expect(book.output(0).locator("figcaption")).to_contain_text(counted)
    plain, graph_plain = picture(stacks), picture(graph)

    box: Any = graph.bounding_box()
    graph.hover(position={"x": 34, "y": box["height"] / 2})
    book.until(lambda: book.python("print(s.hovered, stacks.hovered)") == "1 1", "pointing reaches Python")
    assert picture(stacks) != plain, "the feature is seen in the stacks"
    first = int(book.python("print(graph.film.neuron_order[0])"))
    neuron = {"x": box["width"] / 2, "y": 22 + (box["height"] - 28) / 12}
    graph.hover(position=neuron)
    expect(book.output(1).locator(".tms-tip")).to_contain_text(f"neuron {first},")
    assert picture(graph) != graph_plain
    graph.click(position=neuron)
    book.until(lambda: book.python("print(graph.neuron)") == str(first), "a click keeps the neuron")

    book.output(0).get_by_label("absolute").check()
    book.until(lambda: book.python("print(stacks.weights)") == "absolute", "the choice reaches Python")
    book.python("stacks.weights = 'signed'; graph.neuron = None")
    book.page.mouse.move(5, 5)
    book.until(lambda: picture(stacks) == plain and picture(graph) == graph_plain, "Python undoes all of it")
    book.python("stacks.frame = 0")
    book.until(lambda: picture(graph) != graph_plain, "both show the frame that one is set to")
    book.python("stacks.close(); graph.close(); link.close()")
    expect(book.page.locator(".tms")).to_have_count(0)
