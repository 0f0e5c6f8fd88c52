// The values of curves: what they are, where they stand, which one is near, and which one an arrow key leads to.

export interface AxisMeta {
  ends: [number, number];
  log: boolean;
  label: string;
}

export interface Axes {
  x: AxisMeta;
  y: AxisMeta;
  margin: { left: number; top: number; right: number; bottom: number };
}

export interface CurveMeta {
  name: string;
  colour: string;
  count: number;
}

export interface Curve extends CurveMeta {
  x: Float64Array;
  y: Float64Array;
  /** The ends of the band around the curve; NaN where there is none. */
  low: Float64Array;
  high: Float64Array;
}

/** Curve and value. */
export type Place = [number, number];

export interface Spot {
  x: number;
  y: number;
}

const NUMBERS = 4;

export function readCurves(metas: readonly CurveMeta[], buffer: DataView | Uint8Array | ArrayBuffer): Curve[] {
  const view = buffer instanceof ArrayBuffer ? new DataView(buffer) : new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const total = metas.reduce((sum, { count }) => sum + count, 0);
  if (view.byteLength !== 8 * NUMBERS * total) throw new Error(`curves: ${view.byteLength} bytes do not make ${total} values`);
  let start = 0;
  return metas.map((meta) => {
    const part = (k: number): Float64Array =>
      Float64Array.from({ length: meta.count }, (_, i) => view.getFloat64(8 * (NUMBERS * (start + i) + k), true));
    const curve = { ...meta, x: part(0), y: part(1), low: part(2), high: part(3) };
    start += meta.count;
    return curve;
  });
}

/** Where a value lies along an axis: 0 at its lower end, 1 at its upper one. */
export function share(value: number, { ends: [low, high], log }: AxisMeta): number {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** Where a value stands, in pixels of a chart of this size. */
export function spotOf(x: number, y: number, width: number, height: number, { x: across, y: up, margin }: Axes): Spot {
  return {
    x: margin.left + share(x, across) * Math.max(width - margin.left - margin.right, 1),
    y: margin.top + (1 - share(y, up)) * Math.max(height - margin.top - margin.bottom, 1),
  };
}

export function isThere({ x, y }: Curve, index: number): boolean {
  return Number.isFinite(x[index]) && Number.isFinite(y[index]);
}

/** The value nearest to a spot, within `reach` pixels. */
export function nearest(curves: readonly Curve[], spots: readonly (readonly Spot[])[], at: Spot, reach: number): Place | null {
  let [found, best]: [Place | null, number] = [null, reach ** 2];
  curves.forEach((curve, k) => {
    spots[k]!.forEach((spot, i) => {
      const far = (spot.x - at.x) ** 2 + (spot.y - at.y) ** 2;
      if (far < best && isThere(curve, i)) [found, best] = [[k, i], far];
    });
  });
  return found;
}

/** The value `by` steps along the curve, over gaps; the last one there is when it ends before. */
export function along(curve: Curve, index: number, by: number): number {
  const there = Array.from({ length: curve.count }, (_, i) => i).filter((i) => isThere(curve, i));
  const from = there.indexOf(index);
  return there[Math.min(Math.max(from + by, 0), there.length - 1)]!;
}

/** The value of another curve, `by` further on in the legend, whose x is nearest on the chart. */
export function beside(curves: readonly Curve[], [k, i]: Place, by: number, axis: AxisMeta): Place {
  const next = (k + by + curves.length) % curves.length;
  const curve = curves[next]!;
  const here = share(curves[k]!.x[i]!, axis);
  let [found, best] = [along(curve, -1, 1), Infinity];
  for (let j = 0; j < curve.count; j++) {
    const far = Math.abs(share(curve.x[j]!, axis) - here);
    if (isThere(curve, j) && far < best) [found, best] = [j, far];
  }
  return [next, found];
}
