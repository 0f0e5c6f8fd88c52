// One view as a widget of its own: the model's traits in, the reader's pointing out.
import { make } from "./dom";
import { decodeFilm, type Film, type FilmMeta } from "./film";
import { sayReady } from "./ready";
import "./theme.css";
import type { View, ViewEvents } from "./view";

/** The part of a widget model that is used: the same five methods in every notebook, and on a page without a kernel. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

/** What a widget shows of its model, made anew for each place that it is shown in. */
interface Shown {
  view: Pick<View, "select" | "destroy">;
  /** Draws what the model holds now, or throws a sentence for the reader. */
  redraw(): void;
}

type Open = (host: HTMLElement, events: ViewEvents, model: Model) => Shown;

const RESELECTED_ON = ["hovered", "pinned"];

/** The module that a notebook loads for a view of a film; it is redrawn too when one of `settings` changes. */
export function widgetOf(factory: (host: HTMLElement, events: ViewEvents, model: Model) => View, settings: string[] = []): Widget {
  return selectableWidget(["_film", "_meta", "frame", ...settings], (host, events, model) => {
    const view = factory(host, events, model);
    let film: Film | null = null;
    let drawn: unknown[] = [];
    const redraw = (): void => {
      const buffer = model.get("_film") as DataView;
      const meta = model.get("_meta") as FilmMeta;
      if (!film || drawn[0] !== buffer || drawn[1] !== meta) film = decodeFilm(meta, buffer);
      drawn = [buffer, meta];
      view.update(film, Math.min(Math.max(model.get("frame") as number, 0), film.length - 1));
    };
    return { view, redraw };
  });
}

/** The same for anything in which features are pointed at and pinned; it is redrawn when one of these traits changes. */
export function selectableWidget(redrawnOn: string[], open: Open): Widget {
  // everything a view remembers lives in the closure of its own `render`
  return { initialize: ({ model }) => sayReady(model), render: ({ model, el }) => show(redrawnOn, open, model, el) };
}

interface Widget {
  initialize(context: { model: Model }): void;
  render(context: { model: Model; el: HTMLElement }): () => void;
}

function show(redrawnOn: string[], open: Open, model: Model, el: HTMLElement): () => void {
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
  const events: ViewEvents = {
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
  };
  const { view, redraw } = open(host, events, model);

  let problem = "";
  let scheduled = 0;
  const complain = (): void => {
    error.textContent = problem || (model.get("error") as string);
  };
  const attempt = (): void => {
    scheduled = 0;
    try {
      problem = "";
      redraw();
    } catch (reason) {
      problem = reason instanceof Error ? reason.message : String(reason);
    }
    complain();
  };
  // Numbers and their labels arrive as separate changes: reading waits for the next animation frame, when both are there.
  const schedule = (): void => {
    scheduled ||= requestAnimationFrame(attempt);
  };
  const reselect = (): void => {
    view.select({ hovered: model.get("hovered") as number | null, pinned: model.get("pinned") as number[] });
  };

  const watched: [string[], () => void][] = [
    [redrawnOn, schedule],
    [RESELECTED_ON, reselect],
    [["error"], complain],
  ];
  for (const [names, react] of watched) for (const name of names) model.on(`change:${name}`, react);
  attempt();
  reselect();
  return () => {
    gone = true;
    for (const [names, react] of watched) for (const name of names) model.off(`change:${name}`, react);
    cancelAnimationFrame(scheduled);
    view.destroy();
    root.remove();
  };
}
