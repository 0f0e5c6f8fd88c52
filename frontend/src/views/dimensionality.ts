// D_i of every feature over the training, on the step axis of the loss curve: levels, jumps, and the frame shown.
import type { Pen } from "../shared/canvas";
import { featureStyle } from "../shared/colour";
import { make } from "../shared/dom";
import type { Course, Film, Jump } from "../shared/film";
import { featureDimensionality } from "../shared/formulas";
import { drawMark } from "../shared/marks";
import { featurePanel, type Hit } from "../shared/panel";
import type { ViewEvents, ViewFactory } from "../shared/view";
import { count, short } from "../shared/words";
import { axesFor, frameAt, logTicks, type Axes } from "./loss_curve";

/** So many lines can have colours of their own; of more, only those that move, or are chosen, have one. */
const MOST_COLOURED = 8;
/** A feature moves at a frame when its D changes by this much around it. */
const MOVES = 0.06;
const STRIP = 16;
const REACH = 9;
const NOTHING: Course = { jumps: [], stages: [], levels: [], names: [] };

export const dimensionality: ViewFactory = (host, events) => {
  let film: Film | null = null;
  let frame = 0;
  let D: Float64Array[] = [];
  let axes: Axes | null = null;

  const course = (): Course => film?.course ?? NOTHING;
  const top = (): number => (course().jumps.length > 0 ? STRIP : 6);
  const y = (value: number): number => axes!.bottom - value * (axes!.bottom - top()) * 0.97;
  const x = (f: number): number => axes!.x(film!.steps[f]!);
  const style = (i: number, ink: string): ReturnType<typeof featureStyle> => featureStyle(i, ink, film?.set_size ?? 1);
  const about = (i: number, f = frame): string => `feature ${i} at step ${film!.steps[f]}: D_{${i}} = ${short(D[f]![i]!)}`;

  const panel = featurePanel(host, events, {
    name: "Dimensionality of every feature during training",
    role: "lines",
    heightFor: (width) => Math.min(Math.max(width * 0.5, 150), 280),
    draw: (pen) => {
      if (!film) return;
      axes = { ...axesFor(pen.width, pen.height, film.steps, []), bottom: pen.height - 8 };
      drawStages(pen, axes, top(), course());
      drawLevels(pen, axes, y, course());
      drawSteps(pen, axes, film.steps[film.length - 1]!);
      drawCursor(pen, axes, x(frame));
      drawLines(pen);
      drawStrip(pen);
      drawMarks(pen);
    },
    hit: (px, py) => jumpAt(px, py) ?? lineAt(px, py),
    count: () => film?.n ?? 0,
    about: (i) => about(i),
    place: (i) => (axes && D.length ? { x: x(frame), y: y(D[frame]![i]!) } : { x: 0, y: 0 }),
  });
  const stopScrubbing = scrubbable(panel.canvas, events, (px) => (film && axes ? frameAt(axes, film.steps, px) : null));

  const chosen = (i: number): boolean => panel.hovered() === i || panel.pinned(i);
  /** A line that stands out: chosen by the reader, or moving now. */
  const stressed = (i: number): boolean => chosen(i) || moves(D, frame, i);

  function drawLines({ ctx, theme }: Pen): void {
    const many = film!.n > MOST_COLOURED;
    const order = D[0]!.length ? Array.from(D[0]!.keys()).sort((a, b) => Number(stressed(a)) - Number(stressed(b))) : [];
    const trace = (i: number, from: number, to: number): void => {
      ctx.beginPath();
      for (let f = from; f <= to; f++) f === from ? ctx.moveTo(x(f), y(D[f]![i]!)) : ctx.lineTo(x(f), y(D[f]![i]!));
      ctx.stroke();
    };
    ctx.lineJoin = "round";
    for (const i of order) {
      const { colour } = style(i, theme.ink);
      const out = stressed(i);
      ctx.strokeStyle = many && !out ? theme.inkSoft : colour;
      ctx.lineWidth = chosen(i) ? 3 : out ? 2.5 : many ? 1 : 1.75;
      ctx.globalAlpha = chosen(i) ? 1 : !panel.bright(i) ? 0.2 : many && !out ? 0.4 : 1;
      trace(i, 0, film!.length - 1);
    }
    for (const jump of course().jumps) {
      ctx.strokeStyle = style(jump.feature, theme.ink).colour;
      ctx.lineWidth = chosen(jump.feature) ? 4 : 2.5;
      ctx.globalAlpha = panel.bright(jump.feature) ? 1 : 0.2;
      trace(jump.feature, firstFrom(film!.steps, jump.step_from), lastUpTo(film!.steps, jump.step_to));
    }
    ctx.globalAlpha = ctx.lineWidth = 1;
  }

  /** Above the lines a triangle for each jump. */
  function drawStrip({ ctx, theme }: Pen): void {
    for (const jump of course().jumps) {
      const at = middle(jump);
      ctx.globalAlpha = panel.bright(jump.feature) ? 1 : 0.25;
      ctx.fillStyle = style(jump.feature, theme.ink).colour;
      ctx.strokeStyle = theme.paper;
      ctx.beginPath();
      ctx.moveTo(at - 5, 3);
      ctx.lineTo(at + 5, 3);
      ctx.lineTo(at, 11);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
  }

  /** The values at the frame shown, with the numbers of the features at the same height in one label. */
  function drawMarks(pen: Pen): void {
    const { ctx, theme } = pen;
    const named = film!.n > MOST_COLOURED ? stressed : panel.bright;
    const at = x(frame);
    const values = D[frame]!;
    for (const i of values.keys()) {
      if (!named(i)) continue;
      const { colour, shape } = style(i, theme.ink);
      ctx.fillStyle = colour;
      ctx.strokeStyle = panel.hovered() === i ? theme.accent : theme.paper;
      drawMark(ctx, shape, at, y(values[i]!), chosen(i) ? 6 : 4);
    }
    const wanted = Array.from(values.keys()).filter(named).sort((a, b) => values[b]! - values[a]!);
    for (const { text, height } of labels(wanted, (i) => y(values[i]!))) {
      const width = ctx.measureText(text).width;
      const left = at + 10 + width > pen.width ? at - 10 - width : at + 10;
      ctx.textAlign = "left";
      ctx.lineWidth = 3;
      ctx.strokeStyle = theme.paper;
      const above = Math.max(height - 10, STRIP + 2);
      ctx.strokeText(text, left, above);
      ctx.lineWidth = 1;
      ctx.fillStyle = theme.ink;
      ctx.fillText(text, left, above);
    }
  }

  const middle = (jump: Jump): number => (axes!.x(jump.step_from) + axes!.x(jump.step_to)) / 2;

  function jumpAt(px: number, py: number): Hit | null {
    if (!axes || py > STRIP - 2) return null;
    const near = course().jumps.filter((jump) => Math.abs(middle(jump) - px) < 7);
    if (near.length === 0) return null;
    const jump = near.reduce((a, b) => (Math.abs(middle(b) - px) < Math.abs(middle(a) - px) ? b : a));
    const { feature, step_from, step_to, before, after } = jump;
    return {
      feature,
      text: `feature ${feature} jumps from D_{${feature}} = ${short(before)} to ${short(after)}, steps ${step_from} to ${step_to}`,
    };
  }

  function lineAt(px: number, py: number): Hit | null {
    if (!film || !axes) return null;
    const f = frameAt(axes, film.steps, px);
    let best: number | null = null;
    let nearest = REACH;
    for (const [i, value] of D[f]!.entries()) {
      const away = Math.abs(y(value) - py) - (i === panel.hovered() ? 0.5 : 0); // of equal ones, stay with the one shown
      if (away < nearest) [best, nearest] = [i, away];
    }
    return best === null ? null : { feature: best, text: about(best, f) };
  }

  return {
    update: (next, at) => {
      if (next !== film) {
        film = next;
        D = Array.from({ length: next.length }, (_, f) => featureDimensionality(next.W(f), next.m, next.n));
        panel.legend(...legendOf(next));
        panel.caption(captionOf(next));
      }
      frame = at;
      panel.refresh();
    },
    select: panel.select,
    destroy: () => {
      stopScrubbing();
      panel.destroy();
    },
  };
};

/** Whether D of a feature changes around a frame. */
export function moves(D: readonly ArrayLike<number>[], frame: number, i: number): boolean {
  const around = Math.max(1, Math.round(D.length / 50));
  const before = D[Math.max(frame - around, 0)]![i]!;
  const after = D[Math.min(frame + around, D.length - 1)]![i]!;
  return Math.abs(after - before) > MOVES;
}

/** Numbers of features, ordered from the top, in labels that do not lie over each other. */
export function labels(features: readonly number[], y: (i: number) => number): { text: string; height: number }[] {
  const groups: { features: number[]; height: number }[] = [];
  for (const i of features) {
    const last = groups[groups.length - 1];
    if (last && y(i) - last.height < 11) last.features.push(i);
    else groups.push({ features: [i], height: y(i) });
  }
  return groups.map(({ features: inside, height }) => {
    const shown = inside.sort((a, b) => a - b).slice(0, 6).join(" ");
    return { text: inside.length > 6 ? `${shown} …` : shown, height };
  });
}

function firstFrom(steps: readonly number[], step: number): number {
  return Math.max(steps.findIndex((one) => one >= step), 0);
}

function lastUpTo(steps: readonly number[], step: number): number {
  const after = steps.findIndex((one) => one > step);
  return after < 0 ? steps.length - 1 : Math.max(after - 1, 0);
}

function drawStages({ ctx, theme }: Pen, axes: Axes, top: number, { stages }: Course): void {
  ctx.fillStyle = theme.grid;
  ctx.globalAlpha = 0.45;
  for (const { step_from, step_to } of stages) {
    const [left, right] = [axes.x(step_from), axes.x(step_to)];
    ctx.fillRect(left, top, Math.max(right - left, 1), axes.bottom - top);
  }
  ctx.globalAlpha = 1;
}

/** The levels of polytopes as lines, with their fractions where there is room; 0, 1 and 1/2 first. */
function drawLevels({ ctx, theme }: Pen, axes: Axes, y: (D: number) => number, { levels }: Course): void {
  const all = [...new Set([0, 1, 0.5, ...levels.map((level) => level.D)])];
  const taken: number[] = [];
  ctx.textAlign = "right";
  ctx.fillStyle = theme.inkSoft;
  for (const value of all) {
    const at = Math.round(y(value)) + 0.5;
    ctx.strokeStyle = value === 0 ? theme.line : theme.grid;
    segment(ctx, axes.left, at, axes.right, at);
    if (taken.some((other) => Math.abs(other - at) < 11)) continue;
    taken.push(at);
    ctx.fillText(fraction(value), axes.left - 5, at);
  }
  ctx.strokeStyle = theme.line;
  segment(ctx, axes.left, y(1), axes.left, axes.bottom);
}

/** The steps that the loss curve below has numbers for. */
function drawSteps({ ctx, theme }: Pen, axes: Axes, last: number): void {
  ctx.strokeStyle = theme.line;
  for (const tick of logTicks(1, Math.max(last, 1))) segment(ctx, axes.x(tick), axes.bottom, axes.x(tick), axes.bottom + 4);
}

function drawCursor({ ctx, theme }: Pen, axes: Axes, at: number): void {
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = 2;
  segment(ctx, at, STRIP - 4, at, axes.bottom);
  ctx.lineWidth = 1;
}

function segment(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

/** 0.4 as 2/5: the levels of polytopes are small fractions; other numbers as they are. */
export function fraction(value: number): string {
  for (let below = 1; below <= 12; below++) {
    const above = Math.round(value * below);
    if (Math.abs(above / below - value) < 1e-6) return below === 1 ? String(above) : `${above}/${below}`;
  }
  return short(value);
}

function legendOf({ course }: Film): HTMLElement[] {
  const named = (course?.levels ?? []).filter(({ D }) => D > 0);
  if (named.length === 0) return [];
  const words = named.map(({ name, D }) => `${fraction(D)} ${name}`).join(" · ");
  return [make("span", { class: "tms-note" }, words)];
}

function captionOf({ n, course }: Film): string {
  const lines = n > MOST_COLOURED ? "; those that move at the step shown have colours" : "";
  const jumps = course?.jumps.length ? ` ▼ marks ${count(course.jumps.length, "jump")}.` : " No jumps.";
  const stages = course?.stages.length ? " Shaded: plateaus of the loss." : "";
  return `D_i, the share of a dimension that feature i has, of ${count(n, "feature")}${lines}.${jumps}${stages}`;
}

/** Dragging across the lines moves through the training; a drag is not a click. Returns what stops it. */
function scrubbable(canvas: HTMLCanvasElement, events: ViewEvents, frameOf: (x: number) => number | null): () => void {
  let start: number | null = null;
  let dragged = false;
  const listening = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, react: (event: HTMLElementEventMap[K]) => void, capture = false): void =>
    canvas.addEventListener(type, react, { signal: listening.signal, capture });
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    [start, dragged] = [event.offsetX, false];
    canvas.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    if (start === null) return;
    dragged ||= Math.abs(event.offsetX - start) > 4;
    const frame = dragged ? frameOf(event.offsetX) : null;
    if (frame !== null) events.onFrame(frame);
  });
  const release = (): void => {
    start = null;
  };
  on("pointerup", release);
  on("pointercancel", release);
  on("click", (event) => dragged && event.stopImmediatePropagation(), true);
  return () => listening.abort();
}
