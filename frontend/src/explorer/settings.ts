// What can be set, how it is said in words, and how presets and undo compare settings.
import { count, short } from "../shared/words";

export interface Settings {
  n_features: number;
  n_hidden: number;
  /** One number, or one for each feature when Python gave a vector; without the perturbation. */
  density: number | number[];
  /** Decay r with I_i = r^i, or one importance for each feature. */
  importance: number | number[];
  architecture: string;
  /** Of the output: "relu", "squared_relu", "gelu" or "linear". */
  activation: string;
  /** Whether neurons have a bias; false where there are none. */
  hidden_bias: boolean;
  /** λ of a penalty λ Σ|h| on hidden activations; 0 for none. */
  l1: number;
  /** "independent", or sets of consecutive features that are "correlated" or "anticorrelated". */
  features: string;
  /** Members of each set; null without sets. */
  set_size: number | null;
  /** The feature whose density is multiplied by `factor`; null for none. */
  perturbed: number | null;
  factor: number;
  /** What training is asked for beside the usual schedule, by the names that Python has for it. */
  training: Record<string, string | number>;
  seed: number;
  n_seeds: number;
}

export interface Preset {
  name: string;
  title: string;
  /** Of the paper, as the menu says it. */
  section: string;
  settings: Partial<Settings>;
}

/** The four models, in the order of the paper. */
export const ARCHITECTURES: readonly (readonly [value: string, words: string])[] = [
  ["relu_output", "ReLU output"],
  ["linear", "Linear"],
  ["relu_hidden", "ReLU hidden"],
  ["untied", "Absolute value"],
];

/** What the output of a model may be put through. */
export const ACTIVATIONS: readonly (readonly [value: string, words: string])[] = [
  ["relu", "ReLU"],
  ["squared_relu", "ReLU²"],
  ["gelu", "GELU"],
  ["linear", "none"],
];

/** Whether hidden dimensions are neurons: they have a ReLU. */
export function hasNeurons({ architecture }: Pick<Settings, "architecture">): boolean {
  return architecture === "relu_hidden" || architecture === "untied";
}

/** What the model computes. */
export function formulaOf(s: Settings): string {
  const hidden = `ReLU(${s.architecture === "untied" ? "W₁" : "W"}x${s.hidden_bias ? " + bₕ" : ""})`;
  const inside = { relu_hidden: `Wᵀ ${hidden} + b`, untied: `W₂ ${hidden} + b` }[s.architecture] ?? "WᵀWx + b";
  const output = { relu: `ReLU(${inside})`, squared_relu: `ReLU(${inside})²`, gelu: `GELU(${inside})` }[s.activation] ?? inside;
  return s.architecture === "untied" ? `y′ = ${output}, target |x|` : `x′ = ${output}`;
}

export function sameSettings(a: Settings, b: Settings): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

/**
 * The settings nearest to `s` that a model can have: no more dimensions than features unless they are neurons, only
 * whole sets, and no activation where the model has none.
 */
export function fitting(wished: Settings): Settings {
  const s = { ...wished, ...modelOf(wished) };
  const perturbed = s.perturbed === null ? null : Math.min(s.perturbed, s.n_features - 1);
  return {
    ...s,
    n_hidden: hasNeurons(s) ? s.n_hidden : Math.min(s.n_hidden, s.n_features),
    set_size: s.features === "independent" ? null : nearestDivisor(s.n_features, s.set_size ?? 2),
    perturbed,
    factor: perturbed === null ? 1 : s.factor,
    training: s.architecture === "untied" ? s.training : withoutPairs(s.training),
  };
}

/** Training that does not start from neurons in pairs, which only the absolute value has. */
function withoutPairs(training: Settings["training"]): Settings["training"] {
  const { init, ...rest } = training;
  return init === "mirrored" ? rest : training;
}

/** The linear model is the one with a ReLU output that has none; only neurons have a bias. */
function modelOf(s: Settings): Pick<Settings, "architecture" | "activation" | "hidden_bias"> {
  const hidden_bias = s.hidden_bias && hasNeurons(s);
  if (s.architecture === "linear") return { architecture: "linear", activation: "linear", hidden_bias };
  const architecture = s.architecture === "relu_output" && s.activation === "linear" ? "linear" : s.architecture;
  return { architecture, activation: s.activation, hidden_bias };
}

/** The sizes of equal sets that n features can form. */
export function setSizes(n: number): number[] {
  return Array.from({ length: n - 1 }, (_, i) => i + 2).filter((size) => n % size === 0);
}

function nearestDivisor(n: number, wanted: number): number {
  if (n % wanted === 0) return wanted;
  return setSizes(n).reduce((best, size) => (Math.abs(size - wanted) < Math.abs(best - wanted) ? size : best), n);
}

/** True when every setting the preset speaks of has the preset's value. */
export function matches(settings: Settings, preset: Preset): boolean {
  return sameSettings(settings, { ...settings, ...preset.settings });
}

function ordered(s: Settings): unknown[] {
  const training = Object.entries(s.training).sort(([a], [b]) => (a < b ? -1 : 1));
  const data = [s.density, s.features, s.set_size, s.perturbed, s.factor];
  const model = [s.architecture, s.activation, s.hidden_bias, s.l1];
  return [s.n_features, s.n_hidden, ...data, s.importance, ...model, training, s.seed, s.n_seeds];
}

/** Sparsity S as exactly as it was set: 1 − 0.0015 reads 0.9985, not 0.9984999. */
export function sparsityOf(density: number): number {
  return Number((1 - density).toFixed(9));
}

/** The three ways of saying one sparsity, for labels and slider announcements. */
export function sparsityWords(density: number | number[]): string {
  if (Array.isArray(density)) {
    return `1 − S from ${short(Math.min(...density))} to ${short(Math.max(...density))}, one for each feature`;
  }
  return `1 − S = ${density} · 1/(1 − S) = ${short(1 / density)}`;
}

/** How many sets there are, and what their members do. */
export function setWords({ n_features, features, set_size }: Settings): string {
  if (set_size === null) return "";
  const sets = `${count(n_features / set_size, "set")} of ${set_size}`;
  return features === "correlated"
    ? `${sets}, each active as a whole with probability 1\u00a0−\u00a0S`
    : `${sets}: in each, with probability 1\u00a0−\u00a0S, one random member is active`;
}

/** The density of the perturbed feature in words, and whether it is held at the most there is. */
export function perturbedWords({ density, perturbed, factor, set_size }: Settings): string {
  if (perturbed === null) return "";
  const usual = Array.isArray(density) ? (density[perturbed] ?? 1) : density;
  const size = set_size ?? 1;
  const first = Math.floor(perturbed / size) * size;
  const who = size === 1 ? `Feature ${perturbed}` : `Its set, ${first}–${first + size - 1}`;
  if (factor === 1) return `${who}: 1 − S = ${short(usual)}, unchanged`;
  if (factor * usual > 1) return `${who}: 1 − S = 1, the most there is (× ${short(1 / usual)})`;
  return `${who}: 1 − S = ${short(usual)} → ${short(factor * usual)}`;
}

/** How training is asked for when it is not the usual way. */
export function trainingWords(training: Settings["training"]): string {
  const { init, learning_rate, decay, steps, batch_size, quality, n_frames } = training;
  const said = [
    init !== undefined && startWords(init),
    learning_rate !== undefined && `learning rate ${learning_rate}`,
    decay === "none" && "a constant rate",
    steps !== undefined && `${steps} steps`,
    batch_size !== undefined && `batches of ${batch_size}`,
    quality !== undefined && `${quality} quality`,
    n_frames !== undefined && `at most ${n_frames} frames`,
  ];
  return said.filter(Boolean).join(", ");
}

function startWords(init: string | number): string {
  if (typeof init === "number") return `weights start at about ${init}`;
  return init === "mirrored" ? "neurons start in pairs, x and −x" : `${init} start`;
}

/** A loss to three digits that compare by eye: 0.0210, 0.000459, 1.2e−7. */
export function lossText(loss: number): string {
  return loss >= 1e-5 && loss < 1 ? loss.toPrecision(3) : short(loss);
}

/** Seconds in words a lecture hall can read. */
export function seconds(value: number): string {
  if (!Number.isFinite(value)) return "";
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
