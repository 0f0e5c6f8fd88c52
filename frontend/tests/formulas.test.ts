// The formulas of the browser against the vectors that Python writes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import {
  dimensionsPerFeature,
  featureDimensionality,
  featureNorms,
  gram,
  interference,
  product,
  projected,
} from "../src/shared/formulas";

interface Case {
  name: string;
  W: number[][];
  feature_norms: number[];
  interference: number[];
  feature_dimensionality: number[];
  dimensions_per_feature: number;
  gram: number[][];
}

const vectors = JSON.parse(readFileSync("../tests/vectors/measures.json", "utf8")) as { cases: Case[] };

function close(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, k) => {
    assert.ok(Math.abs(actual[k]! - value) <= 1e-12 * Math.max(1, Math.abs(value)), `${what}[${k}]: ${actual[k]} is not ${value}`);
  });
}

test("there are vectors", () => assert.ok(vectors.cases.length >= 4));

for (const { name, W: rows, ...expected } of vectors.cases) {
  test(`formulas agree with Python: ${name}`, () => {
    const [m, n] = [rows.length, rows[0]!.length];
    const W = rows.flat();
    close(gram(W, m, n), expected.gram.flat(), "gram");
    close(featureNorms(W, m, n), expected.feature_norms, "norms");
    close(interference(W, m, n), expected.interference, "interference");
    close(featureDimensionality(W, m, n), expected.feature_dimensionality, "dimensionality");
    close([dimensionsPerFeature(W, m)], [expected.dimensions_per_feature], "D*");
  });
}

test("product multiplies in the right order", () => {
  assert.deepEqual([...product([1, 2, 3, 4, 5, 6], [1, 0, 2, 0, 1, 3], 3, 2, 3)], [1, 2, 8, 3, 4, 18, 5, 6, 28]);
});

test("a projection keeps coordinates along its rows", () => {
  assert.deepEqual(projected([[1, 0, 0], [0, 0, 1]], [1, 2, 3, 4, 5, 6], 3, 2), [[1, 5], [2, 6]]);
});
