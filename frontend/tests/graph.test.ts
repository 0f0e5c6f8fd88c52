// The feature graph and the points of a dimensionality plot, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brushed, byDimensionality, level, place, plotBox, pointNear, readColumns, spread, type Axes } from "../src/dimensionality/points";
import { hull } from "../src/graph/draw";
import { layoutOf } from "../src/graph/layout";
import { exemplar, kindsOf, meanDimensionality, readGraph, type Component, type Graph, type GraphMeta } from "../src/graph/model";

/** Digons on axes of their own: feature 2k at +1 on axis k, 2k + 1 at -1; then features of length 0. */
function digons(count: number, zeros = 0): { meta: GraphMeta; W: Float32Array } {
  const n = 2 * count + zeros;
  const W = new Float32Array(count * n);
  for (let k = 0; k < count; k++) [W[k * n + 2 * k], W[k * n + 2 * k + 1]] = [1, -1];
  const components = Array.from({ length: count }, (_, k): Component => ({
    name: "digon",
    features: [2 * k, 2 * k + 1],
    distance: count - k,
    places: [[-1, 0, 0], [1, 0, 0]],
  }));
  return { meta: { n, m: count, label: "", caption: "", components }, W };
}

function graphOf(...many: { meta: GraphMeta; W: Float32Array }[]): Graph {
  const all = new Float32Array(many.flatMap(({ W }) => [...W]));
  return readGraph(many.map(({ meta }) => meta), new DataView(all.buffer), many.length - 1, 0.15);
}

test("edges join what overlaps, inside of components and between them", () => {
  const graph = graphOf(digons(1), digons(3, 2));
  assert.deepEqual(graph.inside.map((edges) => edges.map(({ a, b, strength }) => [a, b, strength])), [[[0, 1, -1]], [[2, 3, -1]], [[4, 5, -1]]]);
  assert.deepEqual(graph.between, []);
  assert.deepEqual([...graph.home], [0, 0, 1, 1, 2, 2, -1, -1]);
  assert.equal(meanDimensionality(graph, [0, 1, 2]), 0.5);
  const tilted = digons(2);
  tilted.W[2] = 0.2; // feature 2 leans towards feature 0
  assert.deepEqual(graphOf(tilted).between.map(({ a, b }) => [a, b]), [[0, 2], [1, 2]]);
});

test("weights that are not those of the models are refused", () => {
  const { meta } = digons(2);
  assert.throws(() => readGraph([meta], new DataView(new ArrayBuffer(4)), 0, 0.15), /1 weights do not make 8/);
  assert.throws(() => readGraph([], new DataView(new ArrayBuffer(0)), 3, 0.15), /no model 3 among 0/);
});

test("the large one of many is that of the feature asked for, otherwise the most regular", () => {
  const graph = graphOf(digons(5));
  assert.equal(exemplar(graph, [0, 1, 2, 3, 4], []), 4);
  assert.equal(exemplar(graph, [0, 1, 2, 3, 4], [3]), 1);
  assert.equal(exemplar(graph, [2, 3], [0]), 3);
});

test("what has no name stands last, apart by its size", () => {
  const of = (name: string, size: number): Component => ({ name, features: Array(size).fill(0), distance: null, places: [] });
  const components = [of("unnamed", 4), of("regular pentagon", 5), of("unnamed", 2), of("digon", 2), of("unnamed", 4), of("digon", 2)];
  assert.deepEqual(kindsOf({ components }).map(({ name, members }) => [name, members]), [
    ["digon", [3, 5]], ["regular pentagon", [1]], ["unnamed", [2]], ["unnamed", [0, 4]],
  ]);
});

for (const width of [250, 600, 1200]) {
  test(`two hundred digons have room in ${width} pixels, and none covers another`, () => {
    const { blocks, height } = layoutOf(graphOf(digons(200, 7)), width);
    assert.deepEqual(blocks.map(({ title }) => title), ["200 × digon", "7 × not represented"]);
    const [many] = blocks;
    assert.equal(many!.small.length, 200);
    assert.ok(height < 200 * 24 * 24 / (width - 40) + 400, `${height} pixels high`);
    for (const { x, y, radius } of [...many!.small, ...many!.large]) {
      assert.ok(x - radius >= 0 && x + radius <= width && y - radius >= 0 && y + radius <= height, `${x}, ${y}`);
    }
    const places = new Set(many!.small.map(({ x, y }) => `${x} ${y}`));
    assert.equal(places.size, 200);
    for (const dot of blocks[1]!.dots) assert.ok(dot.x > 0 && dot.x < width && dot.y < height);
  });
}

test("a hull goes around", () => {
  const square = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }, { x: 0, y: 1 }];
  assert.equal(hull([...square, { x: 0.5, y: 0.5 }]).length, 4);
  assert.equal(hull(square.slice(0, 2)).length, 2);
});

const AXES: Axes = { x: [1, 100], y: [0, 1], margin: { left: 50, top: 20, right: 50, bottom: 30 }, norm: 1 };

/** Two models: three features at D = 0.5 and one at 1; two at 0. */
function columns(width = 400, height = 250): ReturnType<typeof readColumns> {
  const meta = [{ x: 1, density: 1, n: 4, name: "one" }, { x: 10, density: 0.1, n: 2, name: "ten" }];
  const D = [0.5, 1, 0.5, 0.5, 0, 0];
  const all = readColumns(meta, new DataView(new Float32Array(D.flatMap((d) => [d, 1, 0])).buffer));
  place(all, plotBox(width, height, AXES), AXES);
  return all;
}

test("points stand at their dimensionality, side by side where they coincide", () => {
  const [one, ten] = columns();
  assert.equal(one!.x0, 50);
  assert.equal(ten!.x0, 200);
  assert.deepEqual([...one!.ys], [120, 20, 120, 120]);
  assert.deepEqual([...one!.xs], [47.5, 50, 50, 52.5]);
  assert.throws(() => readColumns([{ x: 1, density: 1, n: 2, name: "" }], new DataView(new ArrayBuffer(12))), /3 numbers do not make 2 points/);
});

test("a thousand that coincide stay within their model's share", () => {
  const meta = [0, 1].map((k) => ({ x: 10 ** (k / 10), density: 1, n: 1000, name: "" }));
  const all = readColumns(meta, new DataView(new Float32Array(6000).buffer));
  place(all, plotBox(400, 250, AXES), AXES);
  assert.ok(Math.max(...all[0]!.xs) < Math.min(...all[1]!.xs));
});

test("the nearest point is found, and nothing far from all", () => {
  const all = columns();
  assert.deepEqual(pointNear(all, 53, 121), { model: 0, feature: 3 });
  assert.deepEqual(pointNear(all, 199, 218)?.model, 1);
  assert.equal(pointNear(all, 120, 120), null);
});

test("a rectangle takes the points of the model that has most of them in it", () => {
  const all = columns();
  assert.deepEqual(brushed(all, { left: 0, right: 400, top: 0, bottom: 250 }, 1), { model: 0, features: [0, 1, 2, 3] });
  assert.deepEqual(brushed(all, { left: 0, right: 400, top: 100, bottom: 140 }, 1), { model: 0, features: [0, 2, 3] });
  assert.deepEqual(brushed(all, { left: 150, right: 400, top: 0, bottom: 250 }, 0), { model: 1, features: [0, 1] });
  assert.equal(brushed(all, { left: 100, right: 120, top: 0, bottom: 250 }, 0), null);
});

test("features are walked through by dimensionality, and a level is what is on it", () => {
  const [one] = columns();
  assert.deepEqual(byDimensionality(one!), [0, 2, 3, 1]);
  assert.deepEqual(level(one!, 2), [0, 2, 3]);
});

test("labels that would overlap move apart around their middle", () => {
  assert.deepEqual(spread([0, 50, 53, 99], 10), [0, 46.5, 56.5, 99]);
  assert.deepEqual(spread([5, 5, 5], 10), [-5, 5, 15]);
});
