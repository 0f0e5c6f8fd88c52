// The measures of neurons that a film needs in every frame: the same formulas as the Python package `measures`.
import { product, type Numbers } from "../shared/formulas";

/** A neuron stands for the features whose weight is more than this share of its largest. */
export const STRONG = 0.25;
/** It is dead when its weights are at most this share of those of the strongest neuron. */
export const DEAD = 0.1;

/**
 * For every neuron the features that it stands for. With tied weights (`out` is null) positive ones count, otherwise the
 * sizes of those that go in.
 */
export function featuresOf(W: Numbers, out: Numbers | null, m: number, n: number): number[][] {
  const size = (a: number, i: number): number => (out ? Math.abs(W[a * n + i]!) : Math.max(W[a * n + i]!, 0));
  const neurons = Array.from({ length: m }, (_, a) => a);
  const largest = neurons.map((a) => most(n, (i) => size(a, i)));
  const reach = out ? neurons.map((a) => Math.sqrt(largest[a]! * most(n, (i) => Math.abs(out[i * m + a]!)))) : largest;
  const furthest = Math.max(...reach);
  return neurons.map((a) => {
    const own: number[] = [];
    if (reach[a]! <= DEAD * furthest) return own;
    for (let i = 0; i < n; i++) if (size(a, i) > STRONG * largest[a]!) own.push(i);
    return own;
  });
}

/**
 * W and W_out of the same model with the largest weight into each neuron 1: what a ReLU lets one choose freely. A neuron
 * without weights stays as it is.
 */
export function rescaled(W: Numbers, out: Numbers, m: number, n: number): { W: Float64Array; out: Float64Array } {
  const result = { W: Float64Array.from(W), out: Float64Array.from(out) };
  for (let a = 0; a < m; a++) {
    const scale = most(n, (i) => Math.abs(W[a * n + i]!)) || 1;
    for (let i = 0; i < n; i++) {
      result.W[a * n + i]! /= scale;
      result.out[i * m + a]! *= scale;
    }
  }
  return result;
}

/** Sum over j != i of (g+^2 + g-^2)/2, g the sum over a of W_out,ia ReLU(±W_aj): what x_j = ±1 alone gives output i. */
export function outputInterference(W: Numbers, out: Numbers, m: number, n: number): Float64Array {
  const result = new Float64Array(n);
  for (const sign of [1, -1]) {
    const active = Float64Array.from({ length: m * n }, (_, k) => Math.max(sign * W[k]!, 0));
    const received = product(out, active, n, m, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) if (j !== i) result[i]! += received[i * n + j]! ** 2 / 2;
    }
  }
  return result;
}

function most(n: number, size: (i: number) => number): number {
  let found = 0;
  for (let i = 0; i < n; i++) found = Math.max(found, size(i));
  return found;
}
