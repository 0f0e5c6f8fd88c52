// What the neurons of one frame do: their weights as they are drawn, and the features that each of them stands for.
import type { Film } from "../shared/film";
import { interference, type Numbers } from "../shared/formulas";
import { count, short, signed } from "../shared/words";
import { DEAD, featuresOf, outputInterference, rescaled, STRONG } from "./measures";

/** Neurons by the number of features that they stand for: one, more, none. */
export const KINDS = ["monosemantic", "polysemantic", "dead"] as const;
export type Kind = (typeof KINDS)[number];

export interface Neurons {
  n: number;
  m: number;
  /** Weights from the features to the neurons, m x n row-major; of untied models each row is scaled, see `rescaled`. */
  W: Numbers;
  /** Weights from the neurons to the outputs, n x m row-major; null where they are W transposed. */
  out: Numbers | null;
  /** For every neuron the features that it stands for. */
  features: number[][];
  kinds: Kind[];
  /** Interference of every feature: in the hidden layer if tied, otherwise at the outputs. */
  disturbed: Float64Array;
}

export function neuronsOf(film: Film, frame: number): Neurons {
  const { n, m } = film;
  const decoder = film.Wout(frame);
  const drawn = decoder ? rescaled(film.W(frame), decoder, m, n) : { W: film.W(frame), out: null };
  const { W, out } = drawn;
  const features = featuresOf(W, out, m, n);
  const disturbed = out ? outputInterference(W, out, m, n) : interference(W, m, n);
  return { n, m, W, out, features, kinds: features.map(kindOf), disturbed };
}

function kindOf(features: readonly number[]): Kind {
  return features.length === 1 ? "monosemantic" : features.length > 1 ? "polysemantic" : "dead";
}

/** Weight from feature i to neuron a. */
export function weightIn({ W, n }: Neurons, a: number, i: number): number {
  return W[a * n + i]!;
}

/** Weight from neuron a to output i. */
export function weightOut({ W, out, n, m }: Neurons, a: number, i: number): number {
  return out ? out[i * m + a]! : W[a * n + i]!;
}

/** The neuron with the largest weight from feature i. */
export function strongestNeuron(neurons: Neurons, i: number): number {
  let found = 0;
  for (let a = 1; a < neurons.m; a++) {
    if (Math.abs(weightIn(neurons, a, i)) > Math.abs(weightIn(neurons, found, i))) found = a;
  }
  return found;
}

/** The order in which neurons are drawn: the film's, or as they come. */
export function orderOf({ m, neuron_order }: Film): number[] {
  return neuron_order?.length === m ? neuron_order : Array.from({ length: m }, (_, a) => a);
}

/** "neuron 3, polysemantic: features 1, 4". */
export function neuronWords({ features, kinds }: Neurons, a: number): string {
  const own = features[a]!;
  if (own.length === 0) return `neuron ${a}, dead: no feature`;
  const listed = own.length <= 8 ? own.join(", ") : `${own.slice(0, 8).join(", ")} …`;
  return `neuron ${a}, ${kinds[a]!}: ${own.length === 1 ? "feature" : own.length > 8 ? `${own.length} features,` : "features"} ${listed}`;
}

/** "3 of 5 neurons monosemantic, 1 polysemantic, 1 dead". */
export function kindCounts({ kinds, m }: Neurons): string {
  const [mono, poly, dead] = KINDS.map((kind) => kinds.filter((one) => one === kind).length);
  return `${mono} of ${count(m, "neuron")} monosemantic, ${poly} polysemantic, ${dead} dead`;
}

/** By what a neuron stands for a feature, and when it is dead. */
export function thresholdWords(untied: boolean): string {
  const [weight, reach] = untied
    ? ["|W_{ai}|", "the geometric mean of its largest weights in and out is at most"]
    : ["W_{ai}", "its largest is at most"];
  return (
    `A neuron stands for the features with ${weight} above ${short(STRONG)} of its largest; ` +
    `it is dead when ${reach} ${DEAD} of the strongest neuron's.`
  );
}

/** What the interference of untied models is made of. */
export const RECEIVED = "g_{ij±}: what x_j = ±1 alone gives output i.";

/** The strongest few of some weights: "+1.00 x_2, −0.45 x_7 …". */
export function strongest(weights: readonly number[], symbol: string, most = 4): string {
  const least = Math.max(0.005, weights.reduce((most, weight) => Math.max(most, 0.05 * Math.abs(weight)), 0));
  const ranked = weights
    .map((weight, i) => ({ weight, i }))
    .filter(({ weight }) => Math.abs(weight) > least)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const listed = ranked.slice(0, most).map(({ weight, i }) => `${signed(weight)} ${symbol}_{${i}}`);
  return listed.length === 0 ? "nothing" : listed.join(", ") + (ranked.length > most ? " …" : "");
}
