// From hidden space to the canvas: a turnable look at three dimensions, and what lies near a point of the picture.

export interface Point {
  x: number;
  y: number;
  /** Towards the reader, in units of the space; 0 for flat pictures. */
  depth: number;
}

/** How the space is turned: `yaw` about the vertical, then `pitch` towards the reader, in radians. */
export interface Turn {
  yaw: number;
  pitch: number;
}

export const FIRST_LOOK: Turn = { yaw: -0.6, pitch: 0.45 };

/** A point of the turned space: x to the right, y up, depth towards the reader. */
export function turned([x = 0, y = 0, z = 0]: readonly number[], { yaw, pitch }: Turn): Point {
  const across = x * Math.cos(yaw) + y * Math.sin(yaw);
  const away = -x * Math.sin(yaw) + y * Math.cos(yaw);
  return {
    x: across,
    y: z * Math.cos(pitch) + away * Math.sin(pitch),
    depth: z * Math.sin(pitch) - away * Math.cos(pitch),
  };
}

/** The nearest tip within `reach`, the one in front when several are equally near; else the nearest arrow within 5. */
export function featureNear(
  tips: readonly Point[],
  starts: readonly Point[],
  x: number,
  y: number,
  reach = 14,
): number | null {
  return (
    nearest(tips, reach, (tip) => Math.hypot(tip.x - x, tip.y - y) - tip.depth * 0.01) ??
    nearest(tips, 5, (tip, i) => distanceToSegment(x, y, starts[i]!, tip))
  );
}

function nearest(tips: readonly Point[], reach: number, distance: (tip: Point, i: number) => number): number | null {
  let found: number | null = null;
  let best = reach;
  tips.forEach((tip, i) => {
    const d = distance(tip, i);
    if (d < best) [found, best] = [i, d];
  });
  return found;
}

function distanceToSegment(x: number, y: number, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(Math.max(((x - from.x) * dx + (y - from.y) * dy) / length, 0), 1);
  return Math.hypot(x - from.x - along * dx, y - from.y - along * dy);
}
