// What the views draw, computed from W (m x n, row-major): the same formulas as the Python package `measures`.

import type { Film } from "./film";

export type Numbers = ArrayLike<number>;

/** W^T W, n x n row-major: entry (i, j) is W_i . W_j. */
export function gram(W: Numbers, m: number, n: number): Float64Array {
  return product(transposed(W, m, n), W, n, m, n);
}

/** Product of `left` (rows x inner) and `right` (inner x columns), row-major. */
export function product(left: Numbers, right: Numbers, rows: number, inner: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = left[i * inner + k]!;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) result[i * columns + j]! += factor * right[k * columns + j]!;
    }
  }
  return result;
}

/** Lengths of the columns W_i. */
export function featureNorms(W: Numbers, m: number, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += W[k * n + i]! ** 2;
    return Math.sqrt(sum);
  });
}

/** The longest column of any frame: what the scale of a whole film must hold. */
export function longestNorm(film: Film): number {
  let longest = 0;
  for (let f = 0; f < film.length; f++) {
    for (const norm of featureNorms(film.W(f), film.m, film.n)) longest = Math.max(longest, norm);
  }
  return longest;
}

/** Sum over j != i of (W_i/|W_i| . W_j)^2; 0 where W_i is 0. */
export function interference(W: Numbers, m: number, n: number): Float64Array {
  const dots = gram(W, m, n);
  return Float64Array.from({ length: n }, (_, i) => {
    const squared = dots[i * n + i]!;
    return squared === 0 ? 0 : offDiagonal(dots, i, n) / squared;
  });
}

/** D_i = |W_i|^2 / sum over j of (W_i/|W_i| . W_j)^2, the share of a dimension that feature i has; 0 where W_i is 0. */
export function featureDimensionality(W: Numbers, m: number, n: number): Float64Array {
  const dots = gram(W, m, n);
  return Float64Array.from({ length: n }, (_, i) => {
    const squared = dots[i * n + i]!;
    return squared === 0 ? 0 : squared ** 2 / (squared ** 2 + offDiagonal(dots, i, n));
  });
}

/** D* = m / |W|_F^2. */
export function dimensionsPerFeature(W: Numbers, m: number): number {
  let sum = 0;
  for (let k = 0; k < W.length; k++) sum += W[k]! ** 2;
  return m / sum;
}

/** Columns of `rows` . W for a few rows of length m: where a projection puts each feature. */
export function projected(rows: readonly (readonly number[])[], W: Numbers, m: number, n: number): number[][] {
  return Array.from({ length: n }, (_, i) =>
    rows.map((row) => row.reduce((sum, factor, k) => (k < m ? sum + factor * W[k * n + i]! : sum), 0)),
  );
}

function transposed(W: Numbers, m: number, n: number): Float64Array {
  const result = new Float64Array(m * n);
  for (let k = 0; k < m; k++) for (let i = 0; i < n; i++) result[i * m + k] = W[k * n + i]!;
  return result;
}

function offDiagonal(dots: Float64Array, i: number, n: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) if (j !== i) sum += dots[i * n + j]! ** 2;
  return sum;
}
