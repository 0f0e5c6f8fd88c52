// One input through one model, as Python does it; attacks; which rows are drawn; inputs made at random.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { attackOn } from "../src/looking/attack";
import { sumOf } from "../src/looking/microscope";
import { chosenRows, columnsFor, plus, rowUnder, two, MOST_ROWS } from "../src/looking/rows";
import { activeFeatures, randomInput, readModel, traceOf, type ModelMeta, type TracedModel } from "../src/looking/trace";
import { shares } from "../src/views/loss_strata";

interface Case {
  name: string;
  architecture: string;
  activation: string;
  importance: number[];
  l1: number;
  x: number[];
  W: number[][];
  b: number[];
  W_out?: number[][];
  b_hidden?: number[];
  trace: Record<string, number[] | number[][]> & { loss: number };
}

const { cases } = JSON.parse(readFileSync("../tests/vectors/traces.json", "utf8")) as { cases: Case[] };

function meta(n: number, m: number, more: Partial<ModelMeta> = {}): ModelMeta {
  return {
    n, m, architecture: "relu_output", activation: "relu", importance: Array.from({ length: n }, () => 1),
    density: Array.from({ length: n }, () => 0.1), features: "independent", set_size: null, low: 0, l1: 0,
    hidden_bias: false, caption: "", ...more,
  };
}

function modelOf(one: Case): TracedModel {
  const { W, b, W_out, b_hidden, architecture, activation, importance, l1 } = one;
  return {
    ...meta(b.length, W.length, { architecture, activation, importance, l1, hidden_bias: b_hidden !== undefined }),
    W: W.flat(), b, Wout: W_out?.flat() ?? null, bHidden: b_hidden ?? null,
  };
}

const digon: TracedModel = { ...meta(2, 1), W: [1, -1], b: [0, 0], Wout: null, bHidden: null };

test("there are traces of every kind of model", () => assert.ok(cases.length >= 7));

for (const one of cases) {
  test(`a trace agrees with Python: ${one.name}`, () => {
    const found = traceOf(modelOf(one), one.x);
    const names = { before_hidden: "beforeHidden" } as Record<string, string>;
    for (const [name, wanted] of Object.entries(one.trace)) {
      const actual = found[(names[name] ?? name) as keyof typeof found];
      const expected = name === "loss" ? [wanted as unknown as number] : (wanted as number[]).flat();
      const given = name === "loss" ? [actual as number] : Array.from(actual as Float64Array);
      assert.equal(given.length, expected.length, name);
      expected.forEach((value, k) => assert.ok(Math.abs(given[k]! - value) < 1e-12 * Math.max(1, Math.abs(value)), `${name}[${k}]`));
    }
  });
}

test("contributions and what is constant make the sum", () => {
  for (const one of cases) {
    const [n, { contributions, constant, s }] = [one.b.length, traceOf(modelOf(one), one.x)];
    for (let j = 0; j < n; j++) {
      const sum = contributions.slice(j * n, (j + 1) * n).reduce((total, value) => total + value, constant[j]!);
      assert.ok(Math.abs(sum - s[j]!) < 1e-12);
    }
  }
});

test("a sum is written as it is worked out", () => {
  const words = sumOf(digon, traceOf(digon, [1, 0.5]), 0);
  assert.equal(words, "output 0: s_{0} = 1.00 (feature 0 itself) −0.50 (feature 1) = 0.50; x'_{0} = ReLU(0.50) = 0.50, wanted 1.00; I_{0}·error² = 0.25");
});

test("weights that do not fit are a sentence", () => {
  const four = new Float32Array(4).buffer;
  assert.equal(readModel(meta(2, 1), four).b.length, 2);
  assert.throws(() => readModel(meta(3, 1), four), /4 values do not make 6/);
});

test("the worst attack is the worst of those that can be chosen", () => {
  const { after, before, perturbation, broken } = attackOn(digon, [1, 0], 0.1, null, 1);
  const chosen = [0, 1].flatMap((i) => ([1, -1] as const).map((sign) => attackOn(digon, [1, 0], 0.1, i, sign).after.loss));
  assert.equal(after.loss, Math.max(...chosen));
  assert.ok(after.loss > before.loss);
  assert.ok(Math.abs(Math.hypot(...perturbation) - 0.1) < 1e-12);
  assert.deepEqual(broken, [0], "an antipodal pair moves by √2 ε");
  const orthogonal: TracedModel = { ...meta(2, 2), W: [1, 0, 0, 1], b: [0, 0], Wout: null, bHidden: null };
  assert.deepEqual(attackOn(orthogonal, [1, 0], 0.1, null, 1).broken, []);
});

test("of many features the wanted and the heaviest have a row", () => {
  assert.deepEqual(chosenRows(5, [], () => 0), [0, 1, 2, 3, 4]);
  const rows = chosenRows(100, [7, 99, 200], (j) => j);
  assert.equal(rows.length, MOST_ROWS);
  assert.ok(rows.includes(7) && rows.includes(99) && !rows.includes(8));
  assert.deepEqual(rows, [...rows].sort((a, b) => a - b));
});

test("rows and columns lie where they are drawn", () => {
  assert.deepEqual([rowUnder(10, 3), rowUnder(35, 3), rowUnder(34 + 3 * 22, 3)], [null, 0, null]);
  const [first, last] = columnsFor(100, [1, 3], 20);
  assert.deepEqual([first, last], [{ left: 0, right: 20 }, { left: 40, right: 100 }]);
});

test("numbers are short and keep their signs", () => {
  assert.deepEqual([0, 0.4321, -1.5, -0.0007].map(two), ["0", "0.43", "−1.50", "−7e−4"]);
  assert.deepEqual([0.43, -0.0007].map(plus), ["+0.43", "−7e−4"]);
});

test("a random input is never empty, and keeps to its sets", () => {
  for (let tries = 0; tries < 50; tries++) {
    assert.ok(activeFeatures(randomInput(meta(5, 2, { density: [1e-6, 1e-6, 1e-6, 1e-6, 1e-6] }))).length >= 1);
    assert.equal(activeFeatures(randomInput(meta(9, 2), Math.random, 2)).length, 2);
    const correlated = randomInput(meta(6, 2, { features: "correlated", set_size: 3 }), Math.random, 1);
    assert.ok(["0,1,2", "3,4,5"].includes(activeFeatures(correlated).join()));
    const anti = randomInput(meta(6, 2, { features: "anticorrelated", set_size: 3 }), Math.random, 2);
    assert.deepEqual(activeFeatures(anti).map((i) => Math.floor(i / 3)), [0, 1]);
    assert.ok(randomInput(meta(4, 2, { low: -1 })).every((value) => Math.abs(value) <= 1));
  }
});

test("shares of a loss sum to one", () => {
  const strata = { label: "", caption: "", k: [0, 1], probability: [0.9, 0.1], loss: [0.1, 0.6], error: [0, 0], total: 0.15 };
  assert.deepEqual(shares(strata).map((share) => Number(share.toFixed(9))), [0.6, 0.4]);
  assert.deepEqual(shares({ ...strata, total: 0 }), [0, 0]);
});
