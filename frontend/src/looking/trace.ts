// One input on its way through one model, number by number: the same arithmetic as `measures.trace` in Python.
import { floatsOf } from "../shared/film";
import type { Numbers } from "../shared/formulas";

/** What travels about a model beside its weights. */
export interface ModelMeta {
  n: number;
  m: number;
  architecture: string;
  activation: string;
  importance: number[];
  density: number[];
  /** "independent", or sets of consecutive features. */
  features: string;
  set_size: number | null;
  /** The least value of an active feature: 0 or -1. */
  low: number;
  l1: number;
  /** Whether b_hidden travels too. */
  hidden_bias: boolean;
  caption: string;
}

/** A model: W is m x n, Wout n x m, both row-major. */
export interface TracedModel extends ModelMeta {
  W: Numbers;
  b: Numbers;
  Wout: Numbers | null;
  bHidden: Numbers | null;
}

export interface Trace {
  x: Float64Array;
  beforeHidden: Float64Array;
  h: Float64Array;
  /** Entry (j, i) is what feature i adds to s[j], n x n row-major. */
  contributions: Float64Array;
  /** What is in s without any feature. */
  constant: Float64Array;
  s: Float64Array;
  output: Float64Array;
  target: Float64Array;
  error: Float64Array;
  /** What each output adds to the loss. */
  cost: Float64Array;
  penalty: number;
  loss: number;
}

/** W, b, W_out if untied, b_hidden if there are some, one after another. Throws a sentence when they do not fit. */
export function readModel(meta: ModelMeta, buffer: DataView | ArrayBuffer | ArrayBufferView): TracedModel {
  const { n, m } = meta;
  const untied = meta.architecture === "untied";
  const values = floatsOf(buffer);
  const sizes = [m * n, n, untied ? n * m : 0, meta.hidden_bias ? m : 0];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (values.length !== total) throw new Error(`model: ${values.length} values do not make ${total}`);
  let start = 0;
  const [W, b, Wout, bHidden] = sizes.map((size) => values.subarray(start, (start += size)));
  return { ...meta, W: W!, b: b!, Wout: untied ? Wout! : null, bHidden: meta.hidden_bias ? bHidden! : null };
}

export const hasNeurons = (model: ModelMeta): boolean => model.architecture === "relu_hidden" || model.architecture === "untied";

/** Follows an input; `wanted` is what it is judged by, where that is not the input itself. */
export function traceOf(model: TracedModel, x: Numbers, wanted: Numbers = x): Trace {
  const { n, m, W, b } = model;
  const decoder = (j: number, a: number): number => (model.Wout ? model.Wout[j * m + a]! : W[a * n + j]!);
  const neurons = hasNeurons(model);
  const input = Float64Array.from(x);
  const beforeHidden = new Float64Array(m);
  for (let a = 0; a < m; a++) {
    let sum = model.bHidden?.[a] ?? 0;
    for (let i = 0; i < n; i++) sum += W[a * n + i]! * input[i]!;
    beforeHidden[a] = sum;
  }
  const h = neurons ? beforeHidden.map((value) => Math.max(value, 0)) : beforeHidden.slice();
  const on = Array.from(beforeHidden, (value) => !neurons || value > 0);
  const contributions = new Float64Array(n * n);
  const constant = Float64Array.from(b);
  const s = Float64Array.from(b);
  for (let j = 0; j < n; j++) {
    for (let a = 0; a < m; a++) {
      if (!on[a]) continue;
      const weight = decoder(j, a);
      s[j]! += weight * h[a]!;
      constant[j]! += weight * (model.bHidden?.[a] ?? 0);
      for (let i = 0; i < n; i++) if (input[i] !== 0) contributions[j * n + i]! += weight * W[a * n + i]! * input[i]!;
    }
  }
  const output = s.map((value) => activated(model.activation, value));
  const target = Float64Array.from(wanted, (value) => (model.architecture === "untied" ? Math.abs(value) : value));
  const error = output.map((value, j) => value - target[j]!);
  const cost = error.map((value, j) => model.importance[j]! * value * value);
  const penalty = model.l1 * h.reduce((sum, value) => sum + Math.abs(value), 0);
  const loss = cost.reduce((sum, value) => sum + value, 0) + penalty;
  return { x: input, beforeHidden, h, contributions, constant, s, output, target, error, cost, penalty, loss };
}

export function activated(activation: string, s: number): number {
  if (activation === "linear") return s;
  if (activation === "gelu") return s * normalCdf(s);
  const on = Math.max(s, 0);
  return activation === "squared_relu" ? on * on : on;
}

/** The distribution function of a normal variable within 1e-7 (Abramowitz and Stegun, 26.2.17). */
function normalCdf(s: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(s));
  const series = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153, 0].reduce((sum, c) => sum * t + c, 0);
  const tail = (Math.exp(-0.5 * s * s) / Math.sqrt(2 * Math.PI)) * series;
  return s > 0 ? 1 - tail : tail;
}

/** The name of what is applied to s. */
export function activationName(activation: string): string {
  return { relu: "ReLU", squared_relu: "ReLU²", gelu: "GELU", linear: "" }[activation] ?? activation;
}

/** The features that are not 0. */
export function activeFeatures(x: Numbers): number[] {
  return Array.from(x, (value, i) => (value === 0 ? -1 : i)).filter((i) => i >= 0);
}

/** A random input as the problem has them, but never an empty one; `exactly` so many active features if given. */
export function randomInput(model: ModelMeta, random: () => number = Math.random, exactly?: number): number[] {
  const { n, density, low, features } = model;
  const size = features === "independent" ? 1 : (model.set_size ?? 1);
  const units = Array.from({ length: n / size }, (_, u) => u);
  const key = units.map((u) => -Math.log(1 - random()) / density[u * size]!);
  const rarest = [...units].sort((a, b) => key[a]! - key[b]!);
  const drawn = units.filter((u) => random() < density[u * size]!);
  const chosen = exactly === undefined ? (drawn.length > 0 ? drawn : rarest.slice(0, 1)) : rarest.slice(0, exactly);
  const x: number[] = Array.from({ length: n }, () => 0);
  for (const u of chosen) {
    const member = features === "anticorrelated" ? Math.floor(random() * size) : null;
    for (let k = 0; k < size; k++) if (member === null || member === k) x[u * size + k] = value(low, random());
  }
  return x;
}

/** Between the ends, in hundredths, and never 0: that would be inactive. */
function value(low: number, share: number): number {
  const hundredths = Math.round(100 * (low + (1 - low) * share));
  return (hundredths || 1) / 100;
}
