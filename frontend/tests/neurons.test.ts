// Neurons: their measures against the vectors that Python writes, their stacks and their graph, without a browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gain, graphHeight, graphLayout, nodeAt, pathsOf, roomOf, spotOf, wiringOf, type Node } from "../src/neurons/graph";
import { DEAD, featuresOf, outputInterference, rescaled, STRONG } from "../src/neurons/measures";
import { kindCounts, neuronsOf, neuronWords, orderOf, strongest, strongestNeuron, type Neurons } from "../src/neurons/model";
import { frameFor, heightOf, pieceAt, stackOf, stacksOf } from "../src/neurons/stacks";
import { decodeFilm, type Film } from "../src/shared/film";

interface Case {
  name: string;
  W: number[][];
  W_out: number[][];
  features_tied: number[][];
  features_untied: number[][];
  rescaled_W: number[][];
  rescaled_W_out: number[][];
  output_interference: number[];
  absolute_gains: number[][];
}

interface Vectors {
  neurons: Case[];
  thresholds: { STRONG: number; DEAD: number }[];
}

const vectors = JSON.parse(readFileSync("../tests/vectors/measures.json", "utf8")) as Vectors;

function close(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, k) => {
    assert.ok(Math.abs(actual[k]! - value) <= 1e-12 * Math.max(1, Math.abs(value)), `${what}[${k}]: ${actual[k]} is not ${value}`);
  });
}

const listed = (flags: number[][]): number[][] => flags.map((row) => row.flatMap((flag, i) => (flag ? [i] : [])));

test("the thresholds are Python's", () => assert.deepEqual(vectors.thresholds[0], { name: "of neurons", STRONG, DEAD }));

for (const one of vectors.neurons) {
  test(`measures of neurons agree with Python: ${one.name}`, () => {
    const [m, n] = [one.W.length, one.W[0]!.length];
    const [W, out] = [one.W.flat(), one.W_out.flat()];
    assert.deepEqual(featuresOf(W, null, m, n), listed(one.features_tied));
    assert.deepEqual(featuresOf(W, out, m, n), listed(one.features_untied));
    const scaled = rescaled(W, out, m, n);
    close(scaled.W, one.rescaled_W.flat(), "W");
    close(scaled.out, one.rescaled_W_out.flat(), "W_out");
    close(outputInterference(W, out, m, n), one.output_interference, "interference");
    assert.deepEqual(featuresOf(scaled.W, scaled.out, m, n), listed(one.features_untied), "scaling changes nothing");
    close(outputInterference(scaled.W, scaled.out, m, n), one.output_interference, "scaling changes nothing");
    const neurons = { n, m, W, out } as unknown as Neurons;
    const gains = one.absolute_gains.flatMap((_, i) => [gain(neurons, i, 1, true), gain(neurons, i, -1, true)]);
    close(gains, one.absolute_gains.flat(), "gains");
  });
}

/** A film of one frame; untied with W_out. */
function filmOf(W: number[][], W_out: number[][] | null = null, order?: number[]): Film {
  const [m, n] = [W.length, W[0]!.length];
  const values = [...W.flat(), ...(W_out?.flat() ?? []), ...Array<number>(n).fill(0)];
  return decodeFilm(
    {
      n, m, untied: W_out !== null, architecture: "", steps: [0], losses: null, importance: [], density: [], plane: [],
      caption: "", ...(order ? { neuron_order: order } : {}),
    },
    new Float32Array(values).buffer,
  );
}

/** Neuron 0 is for features 0 and 1, neuron 1 for feature 2 alone and against feature 1, neuron 2 is dead. */
const TIED = [[1, 0.5, 0], [0, -0.5, 2], [0, 0, 0.125]];

test("neurons are called what they are, and listed with what they stand for", () => {
  const neurons = neuronsOf(filmOf(TIED), 0);
  assert.deepEqual(neurons.kinds, ["polysemantic", "monosemantic", "dead"]);
  assert.equal(kindCounts(neurons), "1 of 3 neurons monosemantic, 1 polysemantic, 1 dead");
  assert.equal(neuronWords(neurons, 0), "neuron 0, polysemantic: features 0, 1");
  assert.equal(neuronWords(neurons, 1), "neuron 1, monosemantic: feature 2");
  assert.equal(neuronWords(neurons, 2), "neuron 2, dead: no feature");
  assert.equal(strongestNeuron(neurons, 2), 1);
  assert.equal(strongest([0.5, -2, 0, 0.01, 0.2, 1, 0.3], "x"), "−2.00 x_{1}, +1.00 x_{5}, +0.50 x_{0}, +0.30 x_{6} …");
  assert.equal(strongest([0, 0], "x"), "nothing");
});

test("the order is the film's where it has one for all its neurons", () => {
  assert.deepEqual(orderOf(filmOf(TIED, null, [2, 0, 1])), [2, 0, 1]);
  assert.deepEqual(orderOf(filmOf(TIED, null, [1, 0])), [0, 1, 2]);
});

test("weights stand on each other, below 0 where they are negative and signs count", () => {
  const pieces = stackOf([1, -0.5, 0, 2], "signed").map(({ feature, from, to }) => [feature, from, to]);
  assert.deepEqual(pieces, [[0, 0, 1], [1, 0, -0.5], [3, 1, 3]]);
  const sizes = stackOf([1, -0.5, 0, 2], "absolute").map(({ feature, weight, from, to }) => [feature, weight, from, to]);
  assert.deepEqual(sizes, [[0, 1, 0, 1], [1, -0.5, 1, 1.5], [3, 2, 1.5, 3.5]]);
});

test("no column reaches beyond its axis, and untied models have two of them", () => {
  const tied = stacksOf(neuronsOf(filmOf(TIED), 0), "signed");
  assert.deepEqual(tied.map(({ title, low, high }) => [title, low, high]), [["W", -0.5, 2]]);
  const untied = stacksOf(neuronsOf(filmOf([[2, -1]], [[0.5], [-0.25]]), 0), "absolute");
  assert.deepEqual(untied.map(({ title, low, high }) => [title, low, high]), [["in: W", 0, 1.5], ["out: W_out", 0, 1.5]]);
  const nothing = stacksOf(neuronsOf(filmOf([[0, 0]]), 0), "signed")[0]!;
  assert.ok(nothing.high > nothing.low);
});

for (const [W, W_out] of [[TIED, null], [TIED, [[1, 1, 1], [1, 0, 1], [-1, 1, 1]]]] as [number[][], number[][] | null][]) {
  test(`pieces are found where they are drawn, ${W_out ? "untied" : "tied"}`, () => {
    const order = [2, 0, 1];
    const neurons = neuronsOf(filmOf(W, W_out), 0);
    const stacks = stacksOf(neurons, "signed");
    const frame = frameFor(400, 300, 3, stacks.length);
    order.forEach((neuron, place) => {
      const x = frame.left + (place + 0.5) * frame.column;
      stacks.forEach((one, plot) => {
        for (const piece of one.columns[neuron]!) {
          const y = heightOf(one, frame.plots[plot]!, (piece.from + piece.to) / 2);
          assert.deepEqual(pieceAt(frame, stacks, order, x, y), { neuron, piece, plot });
        }
      });
      assert.deepEqual(pieceAt(frame, stacks, order, x, frame.names), { neuron, piece: null, plot: 0 }, "the number of a neuron");
    });
    assert.equal(pieceAt(frame, stacks, order, 2, 100), null);
    assert.equal(pieceAt(frame, stacks, order, 399, 100), null);
  });
}

test("weak lines are left out and counted", () => {
  const wiring = wiringOf(neuronsOf(filmOf(TIED), 0), 0.5);
  assert.deepEqual(wiring.ins, [{ feature: 0, neuron: 0, weight: 1 }, { feature: 2, neuron: 1, weight: 2 }]);
  assert.deepEqual(wiring.outs, wiring.ins);
  assert.equal(wiring.weak, 6);
  assert.deepEqual(wiring.most, { ins: 2, outs: 2 });
  assert.equal(wiringOf(neuronsOf(filmOf([[0, 0]]), 0), 0).ins.length, 0);
});

test("paths lead through a node, from features to outputs", () => {
  const wiring = wiringOf(neuronsOf(filmOf(TIED), 0), 0.1);
  const ends = (node: Node): [string[], string[]] => {
    const { ins, outs } = pathsOf(wiring, node);
    return [ins.map(({ feature, neuron }) => `x${feature} h${neuron}`), outs.map(({ feature, neuron }) => `h${neuron} y${feature}`)];
  };
  assert.deepEqual(ends({ kind: "neuron", index: 0 }), [["x0 h0", "x1 h0"], ["h0 y0", "h0 y1"]]);
  assert.deepEqual(ends({ kind: "feature", index: 0 }), [["x0 h0"], ["h0 y0", "h0 y1"]]);
  assert.deepEqual(ends({ kind: "output", index: 0 }), [["x0 h0", "x1 h0"], ["h0 y0"]]);
  assert.deepEqual(ends({ kind: "feature", index: 2 }), [["x2 h1", "x2 h2"], ["h1 y1", "h1 y2", "h2 y2"]]);
});

for (const [n, m, width] of [[3, 6, 600], [100, 40, 600], [5, 2, 160]] as [number, number, number][]) {
  test(`every node of ${n} features and ${m} neurons can be pointed at in ${width} pixels`, () => {
    const order = Array.from({ length: m }, (_, place) => m - 1 - place);
    const height = graphHeight(n, m);
    assert.ok(height <= 600);
    const layout = graphLayout(width, height, n, order);
    for (const [kind, size] of [["feature", n], ["neuron", m], ["output", n]] as const) {
      assert.ok(roomOf(layout, kind) >= 5);
      for (let index = 0; index < size; index++) {
        const { x, y } = spotOf(layout, { kind, index });
        assert.ok(x > 0 && x < width && y > 0 && y < height);
        assert.deepEqual(nodeAt(layout, x, y), { kind, index });
      }
    }
    assert.equal(nodeAt(layout, width / 3.3, 5), null);
  });
}

test("neurons stand in the order of drawing", () => {
  const layout = graphLayout(600, 200, 3, [2, 0, 1]);
  const heights = [2, 0, 1].map((index) => spotOf(layout, { kind: "neuron", index }).y);
  assert.deepEqual(heights, [...heights].sort((a, b) => a - b));
});
