// Sliders move over integer indices into these grids, so that every position is an exact, meaningful number.

/** P(feature is non-zero), densest first: the sparsity slider reads from left (S = 0) to right (S = 0.999). */
export const DENSITIES: readonly number[] = [
  1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.27, 0.25, 0.23, 0.2, 0.18, 0.16,
  0.15, 0.14, 0.12, 0.1, 0.09, 0.08, 0.07, 0.06, 0.05, 0.045, 0.04, 0.035, 0.03, 0.025, 0.02, 0.018, 0.015, 0.012,
  0.01, 0.009, 0.008, 0.007, 0.006, 0.005, 0.004, 0.003, 0.0025, 0.002, 0.0015, 0.001,
];

/** Importance decay r, I_i = r^i. */
export const DECAYS: readonly number[] = [
  0.5, 0.55, 0.6, 0.65, 0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95,
  0.96, 0.97, 0.98, 0.99, 1,
];

/** Numbers of features: every one up to 20, then in steps that stay visible. */
export const FEATURES: readonly number[] = [...range(2, 20, 1), ...range(22, 40, 2), ...range(45, 100, 5)];

/** Numbers of hidden dimensions. */
export const HIDDEN: readonly number[] = [...range(1, 30, 1), ...range(32, 40, 2)];

/** λ of the penalty on hidden activations. */
export const PENALTIES: readonly number[] = [
  0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.125, 0.15, 0.2, 0.3, 0.5, 0.7, 1,
];

/** What the density of one feature is multiplied by: twenty steps a decade, the same on both sides of 1. */
export const FACTORS: readonly number[] = [
  0.1, 0.11, 0.125, 0.14, 0.16, 0.18, 0.2, 0.22, 0.25, 0.28, 0.315, 0.355, 0.4, 0.45, 0.5, 0.56, 0.63, 0.71, 0.8, 0.9,
  1, 1.1, 1.25, 1.4, 1.6, 1.8, 2, 2.2, 2.5, 2.8, 3.15, 3.55, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9, 10,
];

/** Numbers of seeds trained side by side. */
export const SEED_COUNTS: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

/** Index of the grid value closest to `value` (by ratio, which is how densities are spaced). */
export function nearestIndex(grid: readonly number[], value: number): number {
  let best = 0;
  for (let i = 1; i < grid.length; i++) {
    if (distance(grid[i]!, value) < distance(grid[best]!, value)) best = i;
  }
  return best;
}

function distance(a: number, b: number): number {
  return Math.abs(Math.log(a / Math.max(b, 1e-12)));
}

function range(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}
