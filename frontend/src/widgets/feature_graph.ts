// The feature graph as a widget: it holds one model, or several among which the browser goes by itself.
import { featureGraph } from "../graph/feature_graph";
import { readGraph, type GraphMeta } from "../graph/model";
import { make } from "../shared/dom";
import { sayReady } from "../shared/ready";
import type { Model } from "../shared/standalone";
import "../shared/theme.css";

const REDRAWN_ON = ["_graphs", "_weights", "_model", "_threshold"];
const RESELECTED_ON = ["hovered", "pinned"];

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const host = make("div");
  const error = make("p", { class: "tms-error", role: "alert" });
  const root = make("div", { class: "tms tms-widget" }, host, error);
  el.append(root);
  const change = (name: string, value: unknown): void => {
    model.set(name, value);
    model.save_changes();
  };
  const view = featureGraph(host, {
    onHover: (feature) => change("hovered", feature),
    onPin: (feature) => {
      const pinned = model.get("pinned") as number[];
      change("pinned", pinned.includes(feature) ? pinned.filter((f) => f !== feature) : [...pinned, feature]);
    },
    onClear: () => {
      model.set("hovered", null);
      change("pinned", []);
    },
    onFrame: () => undefined,
  });

  let problem = "";
  let scheduled = 0;
  const complain = (): void => {
    error.textContent = problem || (model.get("error") as string);
  };
  const redraw = (): void => {
    scheduled = 0;
    try {
      const threshold = model.get("_threshold") as number;
      const graphs = model.get("_graphs") as GraphMeta[];
      view.update(readGraph(graphs, model.get("_weights") as DataView, model.get("_model") as number, threshold), threshold);
      problem = "";
    } catch (reason) {
      problem = reason instanceof Error ? reason.message : String(reason);
    }
    complain();
  };
  // A model's weights and its labels arrive as separate changes: reading waits until both are there.
  const schedule = (): void => {
    scheduled ||= requestAnimationFrame(redraw);
  };
  const reselect = (): void => {
    view.select({ hovered: model.get("hovered") as number | null, pinned: model.get("pinned") as number[] });
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
    for (const [names, react] of watched) for (const name of names) model.off(`change:${name}`, react);
    cancelAnimationFrame(scheduled);
    view.destroy();
    root.remove();
  };
}

export default {
  initialize: ({ model }: { model: Model }) => sayReady(model),
  render,
};
