// The loss of every recorded frame, which is also the slider that moves through the training.
import type { Pen } from "../shared/canvas";
import type { Film } from "../shared/film";
import { panel } from "../shared/panel";
import type { ViewFactory } from "../shared/view";
import { count, short } from "../shared/words";

/** Where frames lie: both axes logarithmic, steps as log(1 + step) so that step 0 has a place. */
export interface Axes {
  x(step: number): number;
  y(loss: number): number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  low: number;
  high: number;
}

export function axesFor(width: number, height: number, steps: readonly number[], losses: readonly number[]): Axes {
  const [left, right, top, bottom] = [width < 220 ? 34 : 42, width - 10, 8, height - 20];
  const first = Math.log1p(steps[0]!);
  const span = Math.log1p(steps[steps.length - 1]!) - first || 1;
  const positive = losses.filter((loss) => loss > 0 && Number.isFinite(loss));
  const [low, high] = widened(Math.min(...positive), Math.max(...positive));
  const height_ = Math.log(high) - Math.log(low);
  return {
    x: (step) => left + ((Math.log1p(step) - first) / span) * (right - left),
    y: (loss) => bottom - ((Math.log(Math.min(Math.max(loss, low), high)) - Math.log(low)) / height_) * (bottom - top),
    left, right, top, bottom, low, high,
  };
}

/** The range of the losses with a little room; a usable one also when there are none, or all are equal. */
function widened(low: number, high: number): [number, number] {
  if (!Number.isFinite(low)) return [0.1, 1];
  return high / low < 1.5 ? [low / 1.5, high * 1.5] : [low / 1.08, high * 1.08];
}

/** The frame whose step is drawn nearest to x. */
export function frameAt(axes: Axes, steps: readonly number[], x: number): number {
  let best = 0;
  for (let f = 1; f < steps.length; f++) {
    if (Math.abs(axes.x(steps[f]!) - x) < Math.abs(axes.x(steps[best]!) - x)) best = f;
  }
  return best;
}

export const lossCurve: ViewFactory = (host, events) => {
  let film: Film | null = null;
  let frame = 0;
  let axes: Axes | null = null;

  const base = panel(
    host,
    "Loss during training",
    (width) => Math.min(Math.max(width * 0.34, 104), 190),
    (pen) => {
      if (!film) return;
      axes = axesFor(pen.width, pen.height, film.steps, film.losses ?? []);
      drawAxes(pen, axes, film.steps);
      if (film.losses) drawCurve(pen, axes, film.steps, film.losses);
      drawThumb(pen, axes, film.steps[frame]!, film.losses?.[frame]);
    },
  );
  const { canvas } = base;
  canvas.setAttribute("role", "slider");
  canvas.setAttribute("aria-label", "Training step");
  canvas.setAttribute("aria-valuemin", "0");
  canvas.style.cursor = "ew-resize";

  const go = (to: number): void => {
    if (!film) return;
    const next = Math.min(Math.max(to, 0), film.length - 1);
    if (next !== frame) events.onFrame(next);
  };
  const leap = (): number => Math.max(2, Math.round((film?.length ?? 1) / 10));
  const keys: Record<string, () => void> = {
    ArrowRight: () => go(frame + 1),
    ArrowUp: () => go(frame + 1),
    ArrowLeft: () => go(frame - 1),
    ArrowDown: () => go(frame - 1),
    PageUp: () => go(frame + leap()),
    PageDown: () => go(frame - leap()),
    Home: () => go(0),
    End: () => go((film?.length ?? 1) - 1),
    Escape: () => events.onClear(),
  };
  canvas.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });

  const preview = (event: PointerEvent): void => {
    if (!film || !axes) return;
    const near = frameAt(axes, film.steps, event.offsetX);
    base.tip(wordsOf(film, near), event.offsetX, event.offsetY);
    if (canvas.hasPointerCapture(event.pointerId)) go(near);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    preview(event);
  });
  canvas.addEventListener("pointermove", preview);
  canvas.addEventListener("pointerleave", () => base.tip(null));

  return {
    update: (next, at) => {
      film = next;
      frame = at;
      canvas.setAttribute("aria-valuemax", String(next.length - 1));
      canvas.setAttribute("aria-valuenow", String(at));
      canvas.setAttribute("aria-valuetext", wordsOf(next, at));
      canvas.setAttribute("aria-disabled", String(next.length < 2));
      base.caption(captionOf(next));
      base.request();
    },
    select: () => {}, // the loss belongs to all features at once
    destroy: base.destroy,
  };
};

function wordsOf(film: Film, frame: number): string {
  const loss = film.losses?.[frame];
  return `step ${film.steps[frame]}${loss === undefined ? "" : `, loss ${short(loss)}`}`;
}

function captionOf(film: Film): string {
  if (film.length < 2) return "One frame: nothing was recorded during training, so there is nothing to move through.";
  return (
    `Loss at ${count(film.length, "recorded step")}, both axes logarithmic: the mean over samples of ` +
    "Σ_i I_i(x_i − x′_i)². Drag, or use the arrow keys, to move through training."
  );
}

/** 1, 10, 100 … and, when they are few, 2 and 5 times them, between two values. */
export function logTicks(low: number, high: number): number[] {
  const steps = high / low > 60 ? [1] : high / low > 6 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const step of steps) ticks.push(Number((step * 10 ** power).toPrecision(3)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function drawAxes({ ctx, theme }: Pen, axes: Axes, steps: readonly number[]): void {
  ctx.strokeStyle = theme.grid;
  ctx.fillStyle = theme.inkSoft;
  ctx.textAlign = "right";
  let above = Infinity;
  for (const tick of logTicks(axes.low, axes.high)) {
    const y = Math.round(axes.y(tick)) + 0.5;
    if (above - y < 14) continue;
    above = y;
    segment(ctx, axes.left, y, axes.right, y);
    ctx.fillText(short(tick), axes.left - 5, y);
  }
  const last = steps[steps.length - 1]!;
  ctx.textAlign = "center";
  let taken = -Infinity;
  for (const tick of [0, ...logTicks(1, Math.max(last, 1))]) {
    const x = Math.round(axes.x(tick)) + 0.5;
    const half = ctx.measureText(short(tick)).width / 2;
    const middle = Math.min(x, axes.right + 8 - half);
    if (tick < steps[0]! || tick > last || middle - half < taken + 8) continue;
    taken = middle + half;
    segment(ctx, x, axes.bottom, x, axes.bottom + 4);
    ctx.fillText(short(tick), middle, axes.bottom + 12);
  }
  ctx.strokeStyle = theme.line;
  segment(ctx, axes.left, axes.top, axes.left, axes.bottom);
  segment(ctx, axes.left, axes.bottom + 0.5, axes.right, axes.bottom + 0.5);
}

function segment(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** The curve; losses that are not positive finite numbers leave a gap. */
function drawCurve({ ctx, theme }: Pen, axes: Axes, steps: readonly number[], losses: readonly number[]): void {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  let drawing = false;
  losses.forEach((loss, f) => {
    const usable = loss > 0 && Number.isFinite(loss);
    if (usable && drawing) ctx.lineTo(axes.x(steps[f]!), axes.y(loss));
    else if (usable) ctx.moveTo(axes.x(steps[f]!), axes.y(loss));
    drawing = usable;
  });
  ctx.stroke();
  ctx.lineWidth = 1;
}

function drawThumb({ ctx, theme }: Pen, axes: Axes, step: number, loss: number | undefined): void {
  const x = axes.x(step);
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = 2;
  segment(ctx, x, axes.top, x, axes.bottom);
  ctx.lineWidth = 1;
  ctx.fillStyle = theme.accent;
  ctx.strokeStyle = theme.paper;
  ctx.beginPath();
  ctx.arc(x, loss !== undefined && loss > 0 ? axes.y(loss) : axes.bottom, 5, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
}
