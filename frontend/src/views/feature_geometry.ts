// The columns W_i of W as arrows: a line for m = 1, the plane for m = 2, a space to turn for m = 3, a projection above.
import type { Pen } from "../shared/canvas";
import { featureStyle } from "../shared/colour";
import type { Film } from "../shared/film";
import { featureNorms, projected } from "../shared/formulas";
import { drawMark } from "../shared/marks";
import { featurePanel } from "../shared/panel";
import { featureNear, FIRST_LOOK, turned, type Point, type Turn } from "../shared/space";
import type { ViewFactory } from "../shared/view";
import { setsCaption, short } from "../shared/words";

const TALLEST = 440;
const TURN_STEP = Math.PI / 24;

export const featureGeometry: ViewFactory = (host, events) => {
  let film: Film | null = null;
  let norms = new Float64Array();
  let places: number[][] = [];
  let reach = 1;
  let turn: Turn = { ...FIRST_LOOK };
  let tips: Point[] = [];
  let starts: Point[] = [];

  const about = (i: number): string => {
    const place = (places[i] ?? []).slice(0, film!.m).map(short).join(", ");
    const where = film!.m > 3 ? `projected to (${place})` : `W_{${i}} = (${place})`;
    return `feature ${i}: ‖W_{${i}}‖ = ${short(norms[i]!)}, ${where}`;
  };

  const panel = featurePanel(host, events, {
    name: "Feature geometry",
    role: "arrows",
    heightFor: (width) => (film?.m === 1 ? Math.min(Math.max(width * 0.5, 110), 260) : Math.min(width, TALLEST)),
    draw: (pen) => {
      if (!film) return;
      const place = film.m === 1 ? onLine(pen, reach) : inSpace(pen, reach, film.m === 3 ? turn : null);
      tips = places.map((xyz, i) => place(xyz, i, places.length));
      starts = places.map((_, i) => place([0, 0, 0], i, places.length));
      if (film.m === 1) drawLine(pen, place);
      else drawScenery(pen, place, film, turn);
      drawArrows(pen, tips, starts, norms, film, panel);
    },
    hit: (x, y) => {
      const feature = featureNear(tips, starts, x, y);
      return feature === null ? null : { feature, text: about(feature) };
    },
    count: () => film?.n ?? 0,
    about,
    place: (i) => tips[i] ?? { x: 0, y: 0 },
  });

  const stopTurning = turnable(panel.canvas, () => film?.m === 3, (yaw, pitch) => {
    turn = { yaw: turn.yaw + yaw, pitch: Math.min(Math.max(turn.pitch + pitch, -Math.PI / 2), Math.PI / 2) };
    panel.request();
  });

  return {
    update: (next, frame) => {
      const W = next.W(frame);
      norms = featureNorms(W, next.m, next.n) as Float64Array<ArrayBuffer>;
      places = next.m <= 3 ? columns(W, next.m, next.n) : projected(next.plane, W, next.m, next.n);
      if (next !== film) {
        film = next;
        panel.canvas.style.touchAction = next.m === 3 ? "none" : "";
        panel.canvas.setAttribute("aria-keyshortcuts", next.m === 3 ? "Shift+ArrowLeft Shift+ArrowUp" : "");
      }
      // The trained model fills the picture; frames with longer vectors are seen from further away.
      const trained = featureNorms(next.W(next.length - 1), next.m, next.n);
      reach = Math.max(1, ...trained, ...norms);
      panel.caption(captionOf(next, places, norms) + setsCaption(next.features, next.set_size, "Same colour"));
      panel.refresh();
    },
    select: panel.select,
    destroy: () => {
      stopTurning();
      panel.destroy();
    },
  };
};

function columns(W: Float32Array, m: number, n: number): number[][] {
  return Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, k) => W[k * n + i]!));
}

function captionOf(film: Film, places: number[][], norms: Float64Array): string {
  const { m, n } = film;
  if (m === 1) return `The ${n} numbers W_i of the one hidden dimension, a row for each feature; dotted lines at ±1.`;
  if (m === 2) return "The columns W_i of W as arrows in the m = 2 hidden dimensions; the circle has radius 1.";
  if (m === 3) {
    return "The columns W_i of W as arrows in the m = 3 hidden dimensions, in a unit sphere; drag or Shift + arrow keys to turn.";
  }
  const seen = places.flat().reduce((sum, value) => sum + value * value, 0);
  const all = norms.reduce((sum, value) => sum + value * value, 0);
  const share = all > 0 ? Math.round((100 * seen) / all) : 0;
  return `A projection: the columns W_i of W, m = ${m} dimensions seen on one plane that holds ${share} % of ‖W‖²; lengths and angles are shortened.`;
}

type Place = (xyz: readonly number[], i: number, n: number) => Point;

/** Features on a line, each in a row of its own so that equal weights do not hide each other. */
function onLine(pen: Pen, reach: number): Place {
  const scale = (pen.width / 2 - 18) / reach;
  return ([x = 0], i, n) => ({ x: pen.width / 2 + x * scale, y: 8 + ((i + 0.5) / n) * (pen.height - 32), depth: 0 });
}

function inSpace(pen: Pen, reach: number, turn: Turn | null): Place {
  const scale = (Math.min(pen.width, pen.height) / 2 - 18) / reach;
  return (xyz) => {
    const { x, y, depth } = turn ? turned(xyz, turn) : { x: xyz[0] ?? 0, y: xyz[1] ?? 0, depth: 0 };
    return { x: pen.width / 2 + x * scale, y: pen.height / 2 - y * scale, depth };
  };
}

function drawLine({ ctx, theme, height }: Pen, place: Place): void {
  ctx.textAlign = "center";
  for (const value of [-1, 0, 1]) {
    const { x } = place([value], 0, 1);
    ctx.setLineDash(value === 0 ? [] : [2, 3]);
    line(ctx, { x, y: 4, depth: 0 }, { x, y: height - 18, depth: 0 }, theme.line);
    ctx.fillStyle = theme.inkSoft;
    ctx.fillText(short(value), x, height - 9);
  }
  ctx.setLineDash([]);
}

/** Axes and the unit circle; for m = 3 the outline of the unit sphere and its three great circles. */
function drawScenery(pen: Pen, place: Place, film: Film, turn: Turn): void {
  const { ctx, theme } = pen;
  const flat = film.m !== 3;
  const [centre, right] = [place([0, 0, 0], 0, 1), place([1, 0, 0], 0, 1)];
  const radius = flat ? right.x - centre.x : Math.hypot(...unit(place, centre, turn));
  ctx.strokeStyle = theme.line;
  ctx.beginPath();
  ctx.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
  ctx.stroke();
  const axes = flat ? [[1, 0], [0, 1]] : [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
  axes.forEach((axis, k) => {
    line(ctx, place(axis.map((v) => -v), 0, 1), place(axis, 0, 1), theme.grid);
    if (film.m <= 3 && ["relu_hidden", "untied"].includes(film.architecture)) nameAxis(pen, place(axis.map((v) => v * 0.8), 0, 1), k);
    if (!flat) greatCircle(ctx, place, k, theme.grid);
  });
}

/** Screen offset of one unit across: turning about the vertical axis never changes it. */
function unit(place: Place, centre: Point, { yaw }: Turn): [number, number] {
  const across = place([Math.cos(yaw), Math.sin(yaw), 0], 0, 1);
  return [across.x - centre.x, across.y - centre.y];
}

function nameAxis({ ctx, theme }: Pen, at: Point, k: number): void {
  ctx.textAlign = k === 0 ? "center" : "left";
  haloed(ctx, `neuron ${k}`, k === 0 ? at.x : at.x + 6, k === 0 ? at.y + 10 : at.y, theme.inkSoft, theme.paper);
}

function greatCircle(ctx: CanvasRenderingContext2D, place: Place, normal: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.beginPath();
  for (let k = 0; k <= 48; k++) {
    const angle = (2 * Math.PI * k) / 48;
    const xyz = [Math.cos(angle), Math.sin(angle)];
    xyz.splice(normal, 0, 0);
    const { x, y } = place(xyz, 0, 1);
    if (k) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
  }
  ctx.stroke();
}

interface Looks {
  hovered(): number | null;
  pinned(feature: number): boolean;
  bright(feature: number): boolean;
}

/** Arrows from back to front; in space, what is further away is smaller and fainter. */
function drawArrows(pen: Pen, tips: Point[], starts: Point[], norms: Float64Array, film: Film, looks: Looks): void {
  const { ctx, theme } = pen;
  const order = tips.map((_, i) => i).sort((a, b) => tips[a]!.depth - tips[b]!.depth);
  const few = tips.length <= 30;
  const base = Math.max(3.5, Math.min(6, Math.min(pen.width, pen.height) / 50));
  const taken: Point[] = [];
  for (const i of order) {
    const tip = tips[i]!;
    const near = film.m === 3 ? Math.min(Math.max(0.5 + tip.depth / 2, 0), 1) : 1;
    const { colour, shape } = featureStyle(i, theme.ink, film.set_size ?? 1);
    const chosen = looks.hovered() === i || looks.pinned(i);
    ctx.globalAlpha = (looks.bright(i) ? 1 : 0.35) * (0.4 + 0.6 * near);
    ctx.lineWidth = chosen ? 3 : 1.75;
    line(ctx, starts[i]!, tip, colour);
    ctx.lineWidth = chosen ? 2 : 1;
    ctx.fillStyle = colour;
    ctx.strokeStyle = looks.hovered() === i ? theme.accent : looks.pinned(i) ? theme.ink : theme.paper;
    drawMark(ctx, shape, tip.x, tip.y, base * (0.7 + 0.3 * near) * (chosen ? 1.35 : norms[i]! < 0.1 ? 0.5 : 1));
    ctx.lineWidth = 1;
  }
  ctx.globalAlpha = 1;
  for (const i of [...order].reverse()) {
    const wanted = looks.hovered() === i || looks.pinned(i) || (few && looks.bright(i) && norms[i]! > 0.1);
    if (wanted) label(pen, i, tips[i]!, starts[i]!, base, taken, looks.hovered() === i || looks.pinned(i));
  }
}

/** The number of a feature just beyond its tip, unless another label is already there. */
function label(pen: Pen, i: number, tip: Point, start: Point, base: number, taken: Point[], force: boolean): void {
  const { ctx, theme } = pen;
  const [dx, dy] = [tip.x - start.x, tip.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  const away = base + 8;
  const at = {
    x: Math.min(Math.max(tip.x + (dx / length) * away, 7), pen.width - 7),
    y: Math.min(Math.max(tip.y + (dy / length) * away, 6), pen.height - 6),
    depth: 0,
  };
  if (!force && taken.some((other) => Math.abs(other.x - at.x) < 12 && Math.abs(other.y - at.y) < 10)) return;
  taken.push(at);
  ctx.textAlign = "center";
  haloed(ctx, String(i), at.x, at.y, theme.ink, theme.paper);
}

/** Text with a rim of paper, so that lines behind it do not cross it out. */
function haloed(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, ink: string, paper: string): void {
  ctx.lineWidth = 3;
  ctx.strokeStyle = paper;
  ctx.strokeText(text, x, y);
  ctx.lineWidth = 1;
  ctx.fillStyle = ink;
  ctx.fillText(text, x, y);
}

function line(ctx: CanvasRenderingContext2D, from: Point, to: Point, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.lineTo(to.x, to.y);
  ctx.stroke();
}

/** Dragging and Shift + arrow keys turn the space. A drag is not a click: it pins nothing. Returns what stops it. */
function turnable(canvas: HTMLCanvasElement, active: () => boolean, by: (yaw: number, pitch: number) => void): () => void {
  let last: { x: number; y: number } | null = null;
  let moved = 0;
  const listening = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, react: (event: HTMLElementEventMap[K]) => void, capture = false): void =>
    canvas.addEventListener(type, react, { signal: listening.signal, capture });
  on("pointerdown", (event) => {
    if (!active() || event.button !== 0) return;
    last = { x: event.clientX, y: event.clientY };
    moved = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    if (!last) return;
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    last = { x: event.clientX, y: event.clientY };
    moved += Math.abs(dx) + Math.abs(dy);
    by(dx / -120, dy / 120);
  });
  const release = (): void => {
    last = null;
  };
  on("pointerup", release);
  on("pointercancel", release);
  on("click", (event) => moved > 4 && event.stopImmediatePropagation(), true);
  on("keydown", (event) => {
    const [yaw, pitch] = SHIFT_KEYS[event.key] ?? [0, 0];
    if (!active() || !event.shiftKey || (yaw === 0 && pitch === 0)) return;
    event.preventDefault();
    event.stopPropagation();
    by(yaw * TURN_STEP, pitch * TURN_STEP);
  });
  return () => listening.abort();
}

const SHIFT_KEYS: Record<string, [number, number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
