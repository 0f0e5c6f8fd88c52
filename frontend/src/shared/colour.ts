// Colours that carry data. Features: Okabe-Ito, then the same colours with another shape. Interference: viridis.

/** Okabe-Ito in an order that keeps neighbours apart; its black is the theme's ink, so that it shows on dark too. */
const OKABE_ITO = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442"];

export const SHAPES = ["circle", "square", "triangle", "diamond", "cross"] as const;
export type Shape = (typeof SHAPES)[number];

/**
 * Colour and shape of feature i. After 40 features the pairs repeat, and labels tell them apart. Members of a set share
 * a colour and differ in shape.
 */
export function featureStyle(i: number, ink: string, setSize = 1): { colour: string; shape: Shape } {
  const [colour, shape] = setSize > 1 ? [Math.floor(i / setSize), i % setSize] : [i, Math.floor(i / 8)];
  return { colour: OKABE_ITO[colour % 8] ?? ink, shape: SHAPES[shape % SHAPES.length]! };
}

const VIRIDIS = [
  "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26",
  "#fde725",
];

/** Viridis for a share of the scale, 0 to 1; what lies beyond gets the end colour and must be marked by the caller. */
export function viridis(share: number): string {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const low = Math.min(Math.floor(place), VIRIDIS.length - 2);
  return mix(VIRIDIS[low]!, VIRIDIS[low + 1]!, place - low);
}

export const VIRIDIS_GRADIENT = `linear-gradient(to right, ${VIRIDIS.join(", ")})`;

/** A map centred at 0: `negative` at -limit, `zero` at 0, `positive` at +limit; beyond it the end colour. */
export function diverging(value: number, limit: number, ends: { negative: string; zero: string; positive: string }): string {
  const share = Math.min(Math.abs(value) / limit, 1);
  return mix(ends.zero, value < 0 ? ends.negative : ends.positive, share);
}

/** End of a scale for values up to `largest`: a round number not much above it; 1 when all are 0. */
export function niceLimit(largest: number): number {
  if (!(largest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((s) => largest <= BARELY_ABOVE * s * power)!;
  return Number((step * power).toPrecision(2));
}

/** What exceeds a scale by less than this looks like its end, and is not marked. */
export const BARELY_ABOVE = 1.01;

/** Black or white, whichever reads better on `background` (#rrggbb or rgb()). */
export function readableOn(background: string): string {
  const [r, g, b] = channels(background);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#000000" : "#ffffff";
}

/** A colour between two, as rgb(). */
export function mix(from: string, to: string, share: number): string {
  const a = channels(from);
  const b = channels(to);
  const mixed = a.map((value, k) => Math.round(value + (b[k]! - value) * share));
  return `rgb(${mixed.join(",")})`;
}

function channels(colour: string): [number, number, number] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(colour);
  const found = hex
    ? hex.slice(1).map((part) => parseInt(part, 16))
    : (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [found[0] ?? 0, found[1] ?? 0, found[2] ?? 0];
}
