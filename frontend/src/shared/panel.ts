// The frame around a picture: a figure with a canvas, a legend and a caption, and for pictures of features the same
// way of pointing everywhere: hover previews, click or Enter pins, arrow keys walk, Esc clears.
import { stage, type Pen } from "./canvas";
import { formula, make, plainFormula } from "./dom";
import type { SelectionState, ViewEvents } from "./view";

export interface Panel {
  canvas: HTMLCanvasElement;
  request(): void;
  /** Sets the sentence under the picture (formula markup), which is also the accessible description. */
  caption(text: string): void;
  /** Replaces the legend. */
  legend(...items: (Node | string)[]): void;
  /** Shows a note near a point of the canvas (CSS pixels); null hides it. */
  tip(text: string | null, x?: number, y?: number): void;
  /** Says something to a screen reader. */
  say(text: string): void;
  destroy(): void;
}

let created = 0;

export function panel(
  host: HTMLElement,
  name: string,
  heightFor: (width: number) => number,
  draw: (pen: Pen) => void,
): Panel {
  const captionId = `tms-caption-${Date.now().toString(36)}-${created++}`;
  const legend = make("div", { class: "tms-legend" });
  const caption = make("figcaption", { class: "tms-caption", id: captionId });
  const tip = make("div", { class: "tms-tip", "aria-hidden": "true", hidden: "" });
  const live = make("div", { class: "tms-unseen", "aria-live": "polite" });
  const frame = make("div", { style: "position: relative" }, tip);
  const figure = make("figure", { class: "tms-view", role: "figure", "aria-label": name }, frame, legend, caption, live);
  host.append(figure);
  const picture = stage(frame, heightFor, draw);
  const { canvas } = picture;
  canvas.tabIndex = 0;
  canvas.setAttribute("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes the arrow keys
  canvas.setAttribute("aria-describedby", captionId);

  const place = (x: number, y: number): void => {
    tip.style.left = "0"; // or a note near the right edge is measured with its lines broken
    const width = Math.ceil(tip.getBoundingClientRect().width);
    const left = Math.min(x + 12, frame.clientWidth - width);
    const above = y - tip.offsetHeight - 8;
    tip.style.left = `${Math.max(left, 0)}px`;
    tip.style.top = `${above >= 0 ? above : y + 14}px`;
  };
  let captioned = "";
  return {
    canvas,
    request: picture.request,
    caption: (text) => {
      if (text === captioned) return;
      captioned = text;
      caption.replaceChildren(formula(text));
    },
    legend: (...items) => legend.replaceChildren(...items),
    tip: (text, x = 0, y = 0) => {
      tip.hidden = text === null;
      if (text === null) return;
      tip.replaceChildren(formula(text));
      place(x, y);
    },
    say: (text) => {
      live.textContent = plainFormula(text);
    },
    destroy: () => {
      picture.destroy();
      figure.remove();
    },
  };
}

export interface Hit {
  /** The feature that is pointed at; null for something else of which there is something to say. */
  feature: number | null;
  /** What the note says, with formula markup. */
  text: string;
}

/** What a picture of features tells the panel about itself. */
export interface FeaturePicture {
  name: string;
  role: string;
  heightFor(width: number): number;
  draw(pen: Pen): void;
  /** What lies under a point of the canvas. */
  hit(x: number, y: number): Hit | null;
  /** Number of features. */
  count(): number;
  /** One line about a feature, for the keyboard's note and the screen reader. */
  about(feature: number): string;
  /** Where that note belongs. */
  place(feature: number): { x: number; y: number };
}

export interface FeaturePanel extends Panel {
  select(selection: SelectionState): void;
  /** After new data: draws, and refreshes the note under the pointer. */
  refresh(): void;
  hovered(): number | null;
  pinned(feature: number): boolean;
  /** False for features that step back because another one is hovered or pinned. */
  bright(feature: number): boolean;
}

export function featurePanel(host: HTMLElement, events: ViewEvents, picture: FeaturePicture): FeaturePanel {
  const base = panel(host, picture.name, picture.heightFor, picture.draw);
  const { canvas } = base;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", picture.role);
  canvas.setAttribute("aria-label", `${picture.name}; arrow keys walk through the features, Enter pins, Escape clears`);
  let selection: SelectionState = { hovered: null, pinned: [] };
  let reported: number | null = null;
  let pointer: { x: number; y: number } | null = null;

  const report = (feature: number | null): void => {
    if (feature === reported) return;
    reported = feature;
    events.onHover(feature);
  };
  const follow = (): void => {
    if (!pointer) return;
    const hit = picture.hit(pointer.x, pointer.y);
    base.tip(hit?.text ?? null, pointer.x, pointer.y);
    canvas.style.cursor = hit ? "pointer" : "";
    report(hit?.feature ?? null);
  };
  const leave = (): void => {
    pointer = null;
    base.tip(null);
    report(null);
  };
  const walk = (by: number): void => {
    const n = picture.count();
    const from = selection.hovered ?? (by > 0 ? -1 : n);
    const to = Math.min(Math.max(from + by, 0), n - 1);
    report(to);
    const { x, y } = picture.place(to);
    base.tip(picture.about(to), x, y);
    base.say(picture.about(to));
  };
  const keys: Record<string, () => void> = {
    ArrowRight: () => walk(1),
    ArrowDown: () => walk(1),
    ArrowLeft: () => walk(-1),
    ArrowUp: () => walk(-1),
    Home: () => walk(-picture.count()),
    End: () => walk(picture.count() + 1),
    Enter: () => selection.hovered !== null && events.onPin(selection.hovered),
    " ": () => selection.hovered !== null && events.onPin(selection.hovered),
    Escape: () => {
      leave();
      events.onClear();
    },
  };

  canvas.addEventListener("pointermove", (event) => {
    pointer = { x: event.offsetX, y: event.offsetY };
    follow();
  });
  canvas.addEventListener("pointerleave", leave);
  canvas.addEventListener("click", (event) => {
    const hit = picture.hit(event.offsetX, event.offsetY);
    if (hit && hit.feature !== null) events.onPin(hit.feature);
  });
  canvas.addEventListener("blur", leave);
  canvas.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });

  return {
    ...base,
    select: (next) => {
      selection = next;
      if (next.hovered === null) reported = null;
      base.request();
    },
    refresh: () => {
      follow();
      base.request();
    },
    hovered: () => selection.hovered,
    pinned: (feature) => selection.pinned.includes(feature),
    bright: (feature) => {
      const { hovered, pinned } = selection;
      const shown = (f: number): boolean => f >= 0 && f < picture.count(); // others belong to another film
      const some = (hovered !== null && shown(hovered)) || pinned.some(shown);
      return !some || hovered === feature || pinned.includes(feature);
    },
  };
}
