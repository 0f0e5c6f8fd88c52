// One view as a widget of its own: the model's traits in, the reader's pointing out.
import { make } from "./dom";
import { decodeFilm, type Film, type FilmMeta } from "./film";
import { sayReady } from "./ready";
import "./theme.css";
import type { View, ViewFactory } from "./view";

/** The part of a widget model that is used: the same five methods in every notebook, and on a page without a kernel. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

const REDRAWN_ON = ["_film", "_meta", "frame"];
const RESELECTED_ON = ["hovered", "pinned"];

/** The module that a notebook loads: everything a view remembers lives in the closure of its own `render`. */
export function widgetOf(factory: ViewFactory): Widget {
  return { initialize: ({ model }) => sayReady(model), render: ({ model, el }) => show(factory, model, el) };
}

interface Widget {
  initialize(context: { model: Model }): void;
  render(context: { model: Model; el: HTMLElement }): () => void;
}

function show(factory: ViewFactory, model: Model, el: HTMLElement): () => void {
  const host = make("div");
  const error = make("p", { class: "tms-error", role: "alert" });
  const root = make("div", { class: "tms tms-widget" }, host, error);
  el.append(root);
  let gone = false;
  const change = (name: string, value: unknown): void => {
    if (gone) return; // a picture that had the focus loses it when it goes, and then there may be no kernel to tell
    model.set(name, value);
    model.save_changes();
  };
  const view: View = factory(host, {
    onHover: (feature) => change("hovered", feature),
    onPin: (feature) => {
      const pinned = model.get("pinned") as number[];
      change("pinned", pinned.includes(feature) ? pinned.filter((f) => f !== feature) : [...pinned, feature]);
    },
    onClear: () => {
      model.set("hovered", null);
      change("pinned", []);
    },
    onFrame: (frame) => change("frame", frame),
  });

  let film: Film | null = null;
  let drawn: unknown[] = [];
  let problem = "";
  let scheduled = 0;
  // A film and its labels arrive as separate changes: decoding waits for the next animation frame, when both are there.
  const redraw = (): void => {
    scheduled = 0;
    const buffer = model.get("_film") as DataView;
    const meta = model.get("_meta") as FilmMeta;
    try {
      if (!film || drawn[0] !== buffer || drawn[1] !== meta) film = decodeFilm(meta, buffer);
      drawn = [buffer, meta];
      problem = "";
      view.update(film, Math.min(Math.max(model.get("frame") as number, 0), film.length - 1));
    } catch (reason) {
      problem = reason instanceof Error ? reason.message : String(reason);
    }
    complain();
  };
  const schedule = (): void => {
    scheduled ||= requestAnimationFrame(redraw);
  };
  const reselect = (): void => {
    view.select({ hovered: model.get("hovered") as number | null, pinned: model.get("pinned") as number[] });
  };
  const complain = (): void => {
    error.textContent = problem || (model.get("error") as string);
  };

  const watched: [string[], () => void][] = [
    [REDRAWN_ON, schedule],
    [RESELECTED_ON, reselect],
    [["error"], complain],
  ];
  for (const [names, react] of watched) for (const name of names) model.on(`change:${name}`, react);
  redraw();
  reselect();
  return () => {
    gone = true;
    for (const [names, react] of watched) for (const name of names) model.off(`change:${name}`, react);
    cancelAnimationFrame(scheduled);
    view.destroy();
    root.remove();
  };
}
