// Attacks that are known in closed form, ±ε (WᵀW)_i / ‖(WᵀW)_i‖, on one input: the arithmetic of `measures.adversary`.
import { gram } from "../shared/formulas";
import { traceOf, type Trace, type TracedModel } from "./trace";

export interface Attacked {
  /** Whose row of WᵀW the attack follows. */
  feature: number;
  sign: 1 | -1;
  /** ε, its length. */
  size: number;
  perturbation: Float64Array;
  before: Trace;
  /** Of x + δ, judged by x. */
  after: Trace;
  /** Outputs that moved by more than 1.1 ε. */
  broken: number[];
}

/** A feature with a dimension of its own moves by about ε at most; with 1.1 ε a norm slightly above 1 is no break. */
export const BROKEN = 1.1;

/** The attack on a feature, or the worst of all for this input when `feature` is null. */
export function attackOn(model: TracedModel, x: readonly number[], size: number, feature: number | null, sign: 1 | -1): Attacked {
  const { n } = model;
  const rows = gram(model.W, model.m, n);
  const before = traceOf(model, x);
  const tried: [number, 1 | -1][] = feature === null ? everyAttack(n) : [[feature, sign]];
  let best: Attacked | null = null;
  for (const [i, s] of tried) {
    const perturbation = along(rows, n, i, s * size);
    const after = traceOf(model, x.map((value, j) => value + perturbation[j]!), x);
    if (best && after.loss <= best.after.loss) continue;
    const moved = (j: number): number => Math.abs(after.output[j]! - before.output[j]!);
    const broken = Array.from({ length: n }, (_, j) => j).filter((j) => moved(j) > BROKEN * size);
    best = { feature: i, sign: s, size, perturbation, before, after, broken };
  }
  return best!;
}

/** First all that raise an output, then all that lower one: the order in which Python has them. */
function everyAttack(n: number): [number, 1 | -1][] {
  const all = Array.from({ length: n }, (_, i) => i);
  return [...all.map((i): [number, 1 | -1] => [i, 1]), ...all.map((i): [number, 1 | -1] => [i, -1])];
}

/** Row i of WᵀW, at this length; zeros where W_i is 0. */
function along(rows: Float64Array, n: number, i: number, length: number): Float64Array {
  const row = rows.slice(i * n, (i + 1) * n);
  const norm = Math.hypot(...row);
  return row.map((value) => (norm > 0 ? (length * value) / norm : 0));
}
