// One view of the layer: a canvas as large as the chart below it.
import { stage, type Pen } from "../shared/canvas";
import { formula, make, plainFormula } from "../shared/dom";
import { boxOf, cellAt, linesOf, nearestCell, plotBox, regionOf, type Box, type Cell, type Facts, type Field, type Margin, type Region } from "./cells";

/** The part of a widget model that is used. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

export interface LayerView {
  /** Shows which cell is pointed at, here or in another view. */
  mark(cell: Cell | null): void;
  destroy(): void;
}

const DRAG_PX = 4;
const FAR = 5;
const NAMES = ["A", "B"];

export function layerView(model: Model, el: HTMLElement, onPoint: (cell: Cell | null) => void): LayerView {
  const tip = make("div", { class: "tms-tip tms-layer-tip", "aria-hidden": "true", hidden: "" });
  const live = make("div", { class: "tms-unseen", "aria-live": "polite" });
  const root = make("div", { class: "tms tms-layer" });
  el.append(root);
  const picture = stage(root, () => root.clientHeight, draw);
  root.append(tip, live);
  const { canvas } = picture;
  canvas.tabIndex = 0;
  canvas.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes the arrow keys
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "map");

  let pointed: Cell | null = null;
  let drag: { from: Cell; x: number; y: number; to: Cell | null } | null = null;
  let facts = read();

  function read(): Facts {
    const bytes = model.get("_numbers") as DataView | Uint8Array | ArrayBuffer;
    const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return {
      rows: model.get("_rows") as string[],
      columns: model.get("_columns") as string[],
      fields: model.get("_fields") as Field[],
      numbers: new Float32Array(view.slice().buffer), // a copy, because a view into a message may be unaligned
    };
  }
  const box = (): Box => plotBox(root.clientWidth, root.clientHeight, model.get("margin") as Margin);
  const comparable = (): boolean => model.get("comparable") as boolean;
  const chosen = (): Cell | null => model.get("chosen") as Cell | null;
  const change = (name: string, value: unknown): void => {
    model.set(name, value);
    model.save_changes();
  };

  function draw({ ctx, theme }: Pen): void {
    const [rows, columns] = [facts.rows.length, facts.columns.length];
    if (rows === 0 || columns === 0) return;
    const place = box();
    const outline = (region: Region, width: number, grow: number): Box => {
      const at = boxOf(region, place, rows, columns);
      const around: [number, number, number, number] = [at.x - grow, at.y - grow, at.width + 2 * grow, at.height + 2 * grow];
      // black and white together are seen on every colour
      ctx.lineWidth = width + 2;
      ctx.strokeStyle = "#ffffff";
      ctx.strokeRect(...around);
      ctx.lineWidth = width;
      ctx.strokeStyle = "#000000";
      ctx.strokeRect(...around);
      return at;
    };
    const regions = [...(model.get("regions") as Region[])];
    const last = regions.length % NAMES.length;
    if (drag?.to) regions[last] = regionOf(drag.from, drag.to);
    regions.forEach((region, k) => {
      const at = outline(region, 1, 0);
      ctx.fillStyle = "#000000";
      ctx.fillRect(at.x, at.y, 13, 13);
      ctx.fillStyle = "#ffffff";
      ctx.font = `bold 10px ${theme.font}`;
      ctx.fillText(NAMES[k] ?? "", at.x + 3, at.y + 7);
    });
    const cell = chosen();
    if (cell) outline([...cell, ...cell], 2, 2);
    if (pointed) outline([...pointed, ...pointed], 1, 1);
  }

  const say = (cell: Cell): void => {
    live.textContent = linesOf(facts, cell).map(plainFormula).join(", ");
  };
  const showTip = (cell: Cell | null, x = 0, y = 0): void => {
    tip.hidden = cell === null;
    if (!cell) return;
    tip.replaceChildren(...linesOf(facts, cell).map((line) => make("div", {}, formula(line))));
    const left = x + 14 + tip.offsetWidth <= root.clientWidth ? x + 14 : x - 14 - tip.offsetWidth;
    const top = Math.min(y + 14, root.clientHeight - tip.offsetHeight);
    tip.style.left = `${Math.max(left, 0)}px`;
    tip.style.top = `${Math.max(top, 0)}px`;
  };
  const under = (event: PointerEvent): Cell | null =>
    cellAt(event.offsetX, event.offsetY, box(), facts.rows.length, facts.columns.length);
  const choose = (cell: Cell): void => {
    change("chosen", cell);
    say(cell);
  };
  /** Marks a region to compare: the first is A, the second B, a third begins again with A. */
  const keep = (region: Region): void => {
    const regions = model.get("regions") as Region[];
    change("regions", regions.length < NAMES.length ? [...regions, region] : [region]);
  };

  canvas.addEventListener("pointerdown", (event) => {
    const cell = under(event);
    if (event.button !== 0 || !cell) return;
    drag = { from: cell, x: event.offsetX, y: event.offsetY, to: null };
    if (event.pointerType === "mouse") canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const far = drag && Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) > DRAG_PX;
    if (drag && comparable() && (far || drag.to)) {
      drag.to = nearestCell(event.offsetX, event.offsetY, box(), facts.rows.length, facts.columns.length);
      showTip(null);
      onPoint(null);
      picture.request();
      return;
    }
    const cell = under(event);
    showTip(cell, event.offsetX, event.offsetY);
    canvas.style.cursor = cell ? "crosshair" : "";
    onPoint(cell);
  });
  const release = (): void => {
    drag = null;
    picture.request();
  };
  canvas.addEventListener("pointerup", () => {
    if (drag?.to) keep(regionOf(drag.from, drag.to));
    else if (drag) choose(drag.from);
    release();
  });
  canvas.addEventListener("pointercancel", release);
  const leave = (): void => {
    showTip(null);
    onPoint(null);
  };
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("blur", leave);

  const step = (down: number, right: number): void => {
    const [rows, columns] = [facts.rows.length, facts.columns.length];
    const [row, column] = chosen() ?? [rows >> 1, columns >> 1];
    const clamp = (value: number, last: number): number => Math.min(Math.max(value, 0), last);
    const next: Cell = [clamp(row + down, rows - 1), clamp(column + right, columns - 1)];
    choose(next);
    const at = boxOf([...next, ...next], box(), rows, columns);
    showTip(next, at.x + at.width / 2, at.y + at.height / 2);
  };
  const mark = (): void => {
    const cell = chosen();
    if (cell && comparable()) keep([...cell, ...cell]);
  };
  const keys: Record<string, (far: number) => void> = {
    ArrowUp: (by) => step(-by, 0),
    ArrowDown: (by) => step(by, 0),
    ArrowLeft: (by) => step(0, -by),
    ArrowRight: (by) => step(0, by),
    Enter: mark,
    " ": mark,
    Escape: () => {
      release();
      leave();
      change("regions", []);
    },
  };
  canvas.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action(event.shiftKey ? FAR : 1);
  });

  const refresh = (): void => {
    facts = read();
    picture.request();
  };
  const rename = (): void => {
    const marking = comparable() ? ", Enter marks it for comparing, Escape clears the marks" : "";
    const keyboard = `arrow keys choose a cell, with Shift in larger steps${marking}`;
    canvas.setAttribute("aria-label", `${model.get("name") as string}; ${keyboard}`);
  };
  const watched: [string[], () => void][] = [
    [["_numbers", "_fields", "_rows", "_columns"], refresh],
    [["chosen", "regions", "margin"], picture.request],
    [["name"], rename],
  ];
  for (const [names, react] of watched) for (const name of names) model.on(`change:${name}`, react);
  rename();
  picture.request();

  return {
    mark: (cell) => {
      if (pointed?.[0] === cell?.[0] && pointed?.[1] === cell?.[1]) return;
      pointed = cell;
      picture.request();
    },
    destroy: () => {
      for (const [names, react] of watched) for (const name of names) model.off(`change:${name}`, react);
      picture.destroy();
      root.remove();
    },
  };
}
