// One view of the layer: a canvas as large as the chart below it, with a note for the value that is pointed at.
import { spread } from "../dimensionality/points";
import { stage, type Pen } from "../shared/canvas";
import { make } from "../shared/dom";
import type { Model } from "../shared/standalone";
import { short } from "../shared/words";
import { along, beside, nearest, readCurves, spotOf, type Axes, type Curve, type CurveMeta, type Place, type Spot } from "./points";

const REACH_PX = 60;
const LABEL_PX = 14;
const FAR = 10;
const REREAD_ON = ["_numbers", "_curves", "_axes", "_guides"];

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
  canvas.setAttribute("aria-roledescription", "line chart");

  let curves: Curve[] = [];
  let spots: Spot[][] = [];
  let spotsFor: unknown[] = [];

  const axes = (): Axes => model.get("_axes") as Axes;
  const existing = (name: string): Place | null => {
    const place = model.get(name) as Place | null;
    return place && curves[place[0]] && place[1] < curves[place[0]]!.count ? place : null;
  };
  const change = (values: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const same = (a: Place | null, b: Place | null): boolean => a?.[0] === b?.[0] && a?.[1] === b?.[1];

  function reread(): void {
    error.textContent = model.get("error") as string;
    try {
      curves = readCurves(model.get("_curves") as CurveMeta[], model.get("_numbers") as DataView);
    } catch (reason) {
      curves = [];
      error.textContent = reason instanceof Error ? reason.message : String(reason);
    }
    spotsFor = [];
    canvas.setAttribute(
      "aria-label",
      `${model.get("_name") as string} Left and right arrow keys go along a curve, up and down to another one, Enter pins a value, Escape clears`,
    );
    picture.request();
  }

  function place(width: number, height: number): void {
    if (spotsFor[0] === width && spotsFor[1] === height && spotsFor[2] === curves) return;
    spots = curves.map(({ x, y }) => Array.from(x, (value, i) => spotOf(value, y[i]!, width, height, axes())));
    spotsFor = [width, height, curves];
    note();
  }

  function draw(pen: Pen): void {
    place(pen.width, pen.height);
    drawGuides(pen, axes(), model.get("_guides") as [string, number][]);
    const pinned = existing("pinned");
    const pointed = existing("pointed");
    if (pinned) drawPlace(pen, axes(), curves[pinned[0]]!, spots[pinned[0]]![pinned[1]]!, true);
    if (pointed) drawPlace(pen, axes(), curves[pointed[0]]!, spots[pointed[0]]![pointed[1]]!, false);
  }

  function about([k, i]: Place): string[] {
    const { name, x, y, low, high } = curves[k]!;
    const lines = [name, `${axes().x.label}: ${short(x[i]!)}`, `${axes().y.label}: ${short(y[i]!)}`];
    if (Number.isFinite(low[i]!)) lines.push(`from ${short(low[i]!)} to ${short(high[i]!)}`);
    return lines;
  }
  /** Shows the value that is pointed at, or else the pinned one. */
  function note(): void {
    const at = existing("pointed") ?? existing("pinned");
    tip.hidden = at === null;
    if (!at) return;
    tip.replaceChildren(...about(at).map((line, k) => make(k ? "div" : "b", {}, line)));
    const { x, y } = spots[at[0]]![at[1]]!;
    const left = x + 14 + tip.offsetWidth <= root.clientWidth ? x + 14 : x - 14 - tip.offsetWidth;
    tip.style.left = `${Math.max(left, 0)}px`;
    tip.style.top = `${Math.max(Math.min(y + 14, root.clientHeight - tip.offsetHeight), 0)}px`;
  }
  const renote = (): void => {
    if (curves.length > 0) place(root.clientWidth, root.clientHeight);
    note();
    picture.request();
  };
  const point = (at: Place | null): void => {
    if (!same(at, model.get("pointed") as Place | null)) change({ pointed: at });
  };
  const pin = (at: Place): void => change({ pinned: same(at, existing("pinned")) ? null : at });
  const walk = (at: Place): void => {
    point(at);
    live.textContent = about(at).join(", ");
  };

  const listening = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(type: K, react: (event: HTMLElementEventMap[K]) => void): void =>
    canvas.addEventListener(type, react, { signal: listening.signal });
  const under = ({ offsetX: x, offsetY: y }: PointerEvent | MouseEvent): Place | null => {
    place(root.clientWidth, root.clientHeight);
    return nearest(curves, spots, { x, y }, REACH_PX);
  };
  on("pointermove", (event) => {
    const at = under(event);
    canvas.style.cursor = at ? "pointer" : "";
    point(at);
  });
  on("click", (event) => {
    const at = under(event);
    if (!at) return;
    point(at);
    pin(at);
  });
  on("pointerleave", () => point(null));
  on("blur", () => point(null));

  const start = (): Place => existing("pointed") ?? existing("pinned") ?? [0, along(curves[0]!, -1, 1)];
  /** The first key after the pointer has left shows where it was. */
  const step = (to: (from: Place) => Place) => (): void => walk(existing("pointed") ? to(start()) : start());
  const sideways = (by: number): (() => void) => step(([k, i]) => [k, along(curves[k]!, i, by)]);
  const keys: Record<string, (shift: boolean) => void> = {
    ArrowRight: (shift) => sideways(shift ? FAR : 1)(),
    ArrowLeft: (shift) => sideways(shift ? -FAR : -1)(),
    ArrowDown: step((from) => beside(curves, from, 1, axes().x)),
    ArrowUp: step((from) => beside(curves, from, -1, axes().x)),
    Home: sideways(-Infinity),
    End: sideways(Infinity),
    Enter: () => {
      const at = existing("pointed");
      if (at) pin(at);
    },
    Escape: () => change({ pointed: null, pinned: null }),
  };
  on("keydown", (event) => {
    const action = keys[event.key];
    if (!action || curves.length === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action(event.shiftKey);
  });

  const watched: [string[], () => void][] = [
    [[...REREAD_ON, "error"], reread],
    [["pointed", "pinned"], renote],
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

/** A ring around a value, and strokes from it to both axes. */
function drawPlace({ ctx, theme, height }: Pen, { margin }: Axes, curve: Curve, { x, y }: Spot, kept: boolean): void {
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.inkSoft;
  ctx.setLineDash(kept ? [] : [3, 3]);
  ctx.beginPath();
  ctx.moveTo(margin.left, y);
  ctx.lineTo(x, y);
  ctx.lineTo(x, height - margin.bottom);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  ctx.arc(x, y, 6, 0, 2 * Math.PI);
  ctx.fillStyle = curve.colour;
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = kept ? theme.ink : theme.accent;
  ctx.stroke();
}

/** The names of guide lines at the right of the chart, with a stroke to the line where there is no room beside it. */
function drawGuides({ ctx, theme, width, height }: Pen, axes: Axes, guides: readonly [string, number][]): void {
  const levels = [...guides].sort((a, b) => b[1] - a[1]);
  const wished = levels.map(([, level]) => spotOf(axes.x.ends[1], level, width, height, axes).y);
  const right = width - axes.margin.right;
  ctx.textAlign = "left";
  ctx.fillStyle = theme.ink;
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = 1;
  spread(wished, LABEL_PX).forEach((y, k) => {
    ctx.beginPath();
    ctx.moveTo(right + 1, wished[k]!);
    ctx.lineTo(right + 7, y);
    ctx.stroke();
    ctx.fillText(`${levels[k]![0]} ${short(levels[k]![1])}`, right + 11, y, axes.margin.right - 12);
  });
}
