// One view of the layer: a canvas as large as the chart below it, with a point for each feature of each model.
import { stage, type Pen } from "../shared/canvas";
import { viridis } from "../shared/colour";
import { formula, make, plainFormula } from "../shared/dom";
import { kept } from "../shared/kept";
import type { Model } from "../shared/standalone";
import { count, short } from "../shared/words";
import {
  brushed, byDimensionality, level, place, plotBox, pointNear, readColumns, spread, yOf,
  type Axes, type Box, type Column, type ModelMeta, type Rectangle,
} from "./points";

const RADIUS = 3;
const DRAG_PX = 4;
const LABEL_PX = 14;
const SHADES = 24;
const FAINT = 0.35;
const REREAD_ON = ["_points", "_models", "_shapes", "_axes", "_lines"];

export function layerView(model: Model, el: HTMLElement): () => void {
  const tip = make("div", { class: "tms-tip tms-layer-tip", "aria-hidden": "true", hidden: "" });
  const live = make("div", { class: "tms-unseen", "aria-live": "polite" });
  const error = make("p", { class: "tms-error tms-layer-error", role: "alert" });
  const root = make("div", { class: "tms tms-layer" });
  el.append(root);
  const picture = stage(root, () => root.clientHeight, draw);
  root.append(tip, live, error);
  const { canvas } = picture;
  canvas.tabIndex = 0;
  canvas.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes the arrow keys
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "scatter plot");
  canvas.setAttribute(
    "aria-label",
    "Feature dimensionalities; left and right arrow keys choose a density, up and down a feature, Enter pins it, " +
      "Shift+Enter pins its level, Escape clears",
  );

  const base = kept();
  let columns: Column[] = [];
  let placedFor: unknown[] = [];
  let version = {};
  let drag: { x: number; y: number; to: { x: number; y: number } | null } | null = null;
  /** The model that is shown again when the pointer leaves: the one that was chosen last. */
  let home = model.get("model") as number;
  let reported: string | null = null;

  const axes = (): Axes => model.get("_axes") as Axes;
  const hovered = (): number | null => model.get("hovered") as number | null;
  const pinned = (): number[] => model.get("pinned") as number[];
  const shown = (): number => Math.min(Math.max(model.get("model") as number, 0), columns.length - 1);
  const change = (values: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };

  function reread(): void {
    try {
      columns = readColumns(model.get("_models") as ModelMeta[], model.get("_points") as DataView);
      error.textContent = model.get("error") as string;
    } catch (reason) {
      error.textContent = reason instanceof Error ? reason.message : String(reason);
    }
    version = {};
    placedFor = [];
    picture.request();
  }

  function placed(width: number, height: number): void {
    if (placedFor[0] === width && placedFor[1] === height && placedFor[2] === columns) return;
    place(columns, plotBox(width, height, axes()), axes());
    placedFor = [width, height, columns];
  }

  function draw(pen: Pen): void {
    placed(pen.width, pen.height);
    const here = columns[shown()];
    const at = plotBox(pen.width, pen.height, axes());
    const chosen = [...pinned(), ...(hovered() === null ? [] : [hovered()!])].filter((i) => here && i < here.n);
    if (here) drawBand(pen, at, here);
    pen.ctx.globalAlpha = chosen.length > 0 ? FAINT : 1;
    base(pen, version, (fixed) => drawPoints(fixed, columns, axes().norm));
    pen.ctx.globalAlpha = 1;
    if (here && chosen.length > 0) drawPoints(pen, [here], axes().norm);
    drawNames(pen, at, axes(), model.get("_lines") as [string, number][]);
    if (here && chosen.length > 0) drawChosen(pen, here, chosen, hovered(), axes().norm);
    if (drag?.to) drawRectangle(pen, rectangle(drag, drag.to));
  }

  const about = (index: number, i: number): string[] => {
    const column = columns[index]!;
    const shape = (model.get("_shapes") as string[])[column.shapes[i]!] ?? "";
    const named = { "": "not represented", unnamed: "in no named shape" }[shape] ?? shape;
    return [
      `feature ${i}: ${named}`,
      `D_{${i}} = ${short(column.D[i]!)}`,
      `‖W_{${i}}‖ = ${short(column.norms[i]!)}`,
      `${column.name}, 1−S = ${short(column.density)}`,
    ];
  };
  const showTip = (lines: string[] | null, x = 0, y = 0): void => {
    tip.hidden = lines === null;
    if (!lines) return;
    tip.replaceChildren(...lines.map((line) => make("div", {}, formula(line))));
    const left = x + 14 + tip.offsetWidth <= root.clientWidth ? x + 14 : x - 14 - tip.offsetWidth;
    tip.style.left = `${Math.max(left, 0)}px`;
    tip.style.top = `${Math.max(Math.min(y + 14, root.clientHeight - tip.offsetHeight), 0)}px`;
  };
  const say = (lines: string[]): void => {
    live.textContent = lines.map(plainFormula).join(", ");
  };
  /** Tells what is pointed at, once. */
  const report = (index: number, feature: number | null): void => {
    const now = `${index} ${feature}`;
    if (now === reported) return;
    reported = now;
    change({ model: index, hovered: feature });
  };
  const leave = (): void => {
    showTip(null);
    if (reported !== null) report(home, null);
    reported = null;
  };
  const toggle = (feature: number): void => {
    const before = pinned();
    change({ pinned: before.includes(feature) ? before.filter((f) => f !== feature) : [...before, feature] });
  };
  const pinAll = (index: number, features: number[]): void => {
    home = index;
    reported = null;
    change({ model: index, pinned: features, hovered: null });
    say([`${count(features.length, "feature")} pinned at ${columns[index]!.name}`]);
  };

  const listening = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, react: (event: HTMLElementEventMap[K]) => void): void =>
    canvas.addEventListener(type, react, { signal: listening.signal });
  on("pointerdown", (event) => {
    if (event.button !== 0) return;
    drag = { x: event.offsetX, y: event.offsetY, to: null };
    if (event.pointerType === "mouse") canvas.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    const [x, y] = [event.offsetX, event.offsetY];
    if (drag && (drag.to || Math.hypot(x - drag.x, y - drag.y) > DRAG_PX)) {
      drag.to = { x, y };
      showTip(null);
      picture.request();
      return;
    }
    placed(root.clientWidth, root.clientHeight);
    const hit = pointNear(columns, x, y);
    showTip(hit && about(hit.model, hit.feature), x, y);
    canvas.style.cursor = hit ? "pointer" : "crosshair";
    if (hit) report(hit.model, hit.feature);
    else if (reported !== null) report(shown(), null); // the graph stays until the pointer leaves the chart
  });
  on("pointerup", (event) => {
    const from = drag;
    drag = null;
    picture.request();
    if (from?.to) {
      const found = brushed(columns, rectangle(from, from.to), home);
      if (found) pinAll(found.model, found.features);
      return;
    }
    const hit = from && pointNear(columns, event.offsetX, event.offsetY);
    if (!hit) return;
    home = hit.model;
    toggle(hit.feature);
  });
  on("pointercancel", () => {
    drag = null;
    picture.request();
  });
  on("pointerleave", leave);
  on("blur", leave);

  const walk = (to: number, index: number): void => {
    home = index;
    report(index, to);
    const column = columns[index]!;
    placed(root.clientWidth, root.clientHeight);
    showTip(about(index, to), column.xs[to]!, column.ys[to]!);
    say(about(index, to));
  };
  const up = (by: number): void => {
    const order = byDimensionality(columns[shown()]!);
    const from = hovered() === null ? (by > 0 ? -1 : order.length) : order.indexOf(hovered()!);
    walk(order[Math.min(Math.max(from + by, 0), order.length - 1)]!, shown());
  };
  const across = (by: number): void => {
    const index = Math.min(Math.max(shown() + by, 0), columns.length - 1);
    if (hovered() !== null && hovered()! < columns[index]!.n) return walk(hovered()!, index);
    home = index;
    change({ model: index });
    say([columns[index]!.name]);
  };
  const keys: Record<string, (shift: boolean) => void> = {
    ArrowUp: () => up(1),
    ArrowDown: () => up(-1),
    ArrowRight: () => across(1),
    ArrowLeft: () => across(-1),
    Home: () => up(-Infinity),
    End: () => up(Infinity),
    Enter: (shift) => {
      if (hovered() === null) return;
      if (shift) pinAll(shown(), level(columns[shown()]!, hovered()!));
      else toggle(hovered()!);
    },
    Escape: () => {
      drag = null;
      showTip(null);
      reported = null;
      change({ hovered: null, pinned: [] });
    },
  };
  on("keydown", (event) => {
    const action = keys[event.key];
    if (!action || columns.length === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action(event.shiftKey);
  });

  const rechosen = (): void => {
    if (reported === null) home = shown(); // chosen elsewhere, not pointed at here
    picture.request();
  };
  const watched: [string[], () => void][] = [
    [[...REREAD_ON, "error"], reread],
    [["model"], rechosen],
    [["hovered", "pinned"], picture.request],
  ];
  for (const [names, react] of watched) for (const name of names) model.on(`change:${name}`, react);
  reread();
  return () => {
    for (const [names, react] of watched) for (const name of names) model.off(`change:${name}`, react);
    listening.abort();
    picture.destroy();
    root.remove();
  };
}

function rectangle(from: { x: number; y: number }, to: { x: number; y: number }): Rectangle {
  return { left: Math.min(from.x, to.x), right: Math.max(from.x, to.x), top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y) };
}

/** A band behind the points of the model whose graph is shown. */
function drawBand({ ctx, theme }: Pen, { top, height }: Box, { x0 }: Column): void {
  ctx.globalAlpha = 0.12;
  ctx.fillStyle = theme.accent;
  ctx.fillRect(x0 - 13, top, 26, height);
  ctx.globalAlpha = 1;
}

/** All points, shade by shade: one path each. */
function drawPoints(pen: Pen, columns: readonly Column[], end: number): void {
  const { ctx, theme } = pen;
  const shades = Array.from({ length: SHADES }, () => new Path2D());
  const rims = new Path2D();
  for (const { n, xs, ys, norms } of columns) {
    for (let i = 0; i < n; i++) {
      const path = shades[Math.round(Math.min(norms[i]! / end, 1) * (SHADES - 1))]!;
      for (const one of [path, rims]) {
        one.moveTo(xs[i]! + RADIUS, ys[i]!);
        one.arc(xs[i]!, ys[i]!, RADIUS, 0, 2 * Math.PI);
      }
    }
  }
  // a rim of ink: yellow points show on white paper, and dark blue ones on black
  ctx.lineWidth = 1.25;
  ctx.strokeStyle = theme.inkSoft;
  ctx.stroke(rims);
  shades.forEach((path, k) => {
    ctx.fillStyle = viridis(k / (SHADES - 1));
    ctx.fill(path);
  });
}

function drawChosen({ ctx, theme }: Pen, column: Column, chosen: readonly number[], hovered: number | null, end: number): void {
  for (const i of chosen) {
    const [x, y] = [column.xs[i]!, column.ys[i]!];
    ctx.beginPath();
    ctx.arc(x, y, i === hovered ? RADIUS + 3 : RADIUS + 1.5, 0, 2 * Math.PI);
    ctx.fillStyle = viridis(column.norms[i]! / end);
    ctx.fill();
    ctx.lineWidth = i === hovered ? 2.5 : 1.5;
    ctx.strokeStyle = i === hovered ? theme.accent : theme.ink;
    ctx.stroke();
  }
}

/** The names of the guide lines, to the right of the chart, with a stroke to the line where there is no room beside it. */
function drawNames({ ctx, theme, width }: Pen, box: Box, axes: Axes, lines: readonly [string, number][]): void {
  const levels = [...lines].sort((a, b) => b[1] - a[1]);
  const wished = levels.map(([, D]) => yOf(D, box, axes));
  const right = box.left + box.width;
  ctx.textAlign = "left";
  ctx.fillStyle = theme.ink;
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 1;
  spread(wished, LABEL_PX).forEach((y, k) => {
    ctx.beginPath();
    ctx.moveTo(right + 2, wished[k]!);
    ctx.lineTo(right + 9, y);
    ctx.stroke();
    ctx.fillText(`${levels[k]![0]} ${fraction(levels[k]![1])}`, right + 13, y, width - right - 14);
  });
}

/** A dimensionality as the paper writes it: 3/8. */
function fraction(value: number): string {
  if (Number.isInteger(value)) return String(value);
  for (let below = 2; below <= 9; below++) {
    const above = Math.round(value * below);
    if (Math.abs(above / below - value) < 1e-9) return `${above}/${below}`;
  }
  return short(value);
}

function drawRectangle({ ctx, theme }: Pen, { left, right, top, bottom }: Rectangle): void {
  ctx.globalAlpha = 0.15;
  ctx.fillStyle = theme.accent;
  ctx.fillRect(left, top, right - left, bottom - top);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.accent;
  ctx.lineWidth = 1;
  ctx.strokeRect(left, top, right - left, bottom - top);
}
