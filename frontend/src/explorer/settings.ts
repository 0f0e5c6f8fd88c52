// What can be set, how it is said in words, and how presets and undo compare settings.
import { short } from "../shared/words";

export interface Settings {
  n_features: number;
  n_hidden: number;
  /** One number, or one for each feature when Python gave a vector. */
  density: number | number[];
  /** Decay r with I_i = r^i, or one importance for each feature. */
  importance: number | number[];
  architecture: string;
  seed: number;
  n_seeds: number;
}

export interface Preset {
  name: string;
  title: string;
  settings: Partial<Settings>;
}

/** The four models, in the order of the paper. */
export const ARCHITECTURES: readonly (readonly [value: string, words: string, formula: string])[] = [
  ["relu_output", "ReLU output", "x′ = ReLU(WᵀWx + b)"],
  ["linear", "Linear", "x′ = WᵀWx + b"],
  ["relu_hidden", "ReLU hidden layer", "x′ = ReLU(Wᵀ ReLU(Wx) + b)"],
  ["untied", "Absolute value", "y′ = ReLU(W₂ ReLU(W₁x) + b), target |x|"],
];

export function sameSettings(a: Settings, b: Settings): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

/** True when every setting the preset speaks of has the preset's value. */
export function matches(settings: Settings, preset: Preset): boolean {
  return sameSettings(settings, { ...settings, ...preset.settings });
}

function ordered(s: Settings): unknown[] {
  return [s.n_features, s.n_hidden, s.density, s.importance, s.architecture, s.seed, s.n_seeds];
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

/** A loss to three digits that compare by eye: 0.0210, 0.000459, 1.2e−7. */
export function lossText(loss: number): string {
  return loss >= 1e-5 && loss < 1 ? loss.toPrecision(3) : short(loss);
}

/** Seconds in words a lecture hall can read. */
export function seconds(value: number): string {
  if (!Number.isFinite(value)) return "";
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
