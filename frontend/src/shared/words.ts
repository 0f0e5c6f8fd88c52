// How numbers and features are written, everywhere the same.

/** Three significant digits with a real minus sign: 0.0123, −0.95, 1000, 1.2e−5, 5e−4. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size < 1e-3 || size >= 1e6 ? Number(value.toPrecision(2)).toExponential() : String(Number(value.toPrecision(3)));
  return text.replace(/-/g, "−").replace("e+", "e");
}

/** A weight with two decimals and its sign, so that columns of them compare: +0.95, −0.31, 0.00. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return Number(text) === 0 ? text : (value < 0 ? "−" : "+") + text;
}

/** Every how many rows of `size` pixels a label of `room` pixels fits: 1, 2, 5, 10 … */
export function labelStep(size: number, room: number): number {
  return [1, 2, 5, 10, 20, 50, 100].find((step) => step * size >= room) ?? 200;
}

/** What follows a caption where `sign` tells sets apart: " Brackets: correlated sets of 2, active together." */
export function setsCaption(features: string | undefined, setSize: number | null | undefined, sign: string): string {
  if (!setSize || setSize === 1) return "";
  const how = features === "anticorrelated" ? "of whose members one is active at a time" : "active together";
  return ` ${sign}: ${features} sets of ${setSize}, ${how}.`;
}

/** "1 feature", "5 features". */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}
