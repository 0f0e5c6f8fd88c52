// The four views, linked: one selection and one frame for all of them.
import { featureGeometry } from "../views/feature_geometry";
import { lossCurve } from "../views/loss_curve";
import { neuronStacks } from "../views/neuron_stacks";
import { stackPlot } from "../views/stack_plot";
import { weightMatrix } from "../views/weight_matrix";
import type { View, ViewEvents, ViewFactory } from "../shared/view";
import { h, setText } from "./dom";
import type { Instrument } from "./instrument";
import type { Panel } from "./panel";
import { hasNeurons, type Settings } from "./settings";

type Kind = readonly [title: string, factory: ViewFactory];

const GEOMETRY: Kind = ["Feature directions Wᵢ", featureGeometry];
const TIED: Kind = ["WᵀW and b", weightMatrix];
const UNTIED: Kind = ["W₂W₁ and b", weightMatrix];
const NORMS: Kind = ["Norms and interference", stackPlot];
const NEURONS: Kind = ["Weights of each neuron", (host, events) => neuronStacks(host, events)];
const LOSS: Kind = ["Loss over training", lossCurve];

/** What each place shows; where hidden dimensions are neurons, they are shown one by one. */
const VIEWS: readonly (readonly [name: string, kindFor: (trained: Settings) => Kind])[] = [
  ["geometry", () => GEOMETRY],
  ["matrix", ({ architecture }) => (architecture === "untied" ? UNTIED : TIED)],
  ["stack", (trained) => (hasNeurons(trained) ? NEURONS : NORMS)],
  ["loss", () => LOSS],
];

export interface Stage {
  panels: Record<string, Panel>;
  destroy(): void;
}

export function stage(instrument: Instrument): Stage {
  const events: ViewEvents = {
    onHover: (feature) => instrument.hover(feature),
    onPin: (feature) => instrument.pin(feature),
    onClear: () => instrument.clearSelection(),
    onFrame: (frame) => instrument.scrub(frame),
  };
  const cells = VIEWS.map(([name, kindFor]) => [name, ...place(name, kindFor, events)] as const);
  return {
    panels: Object.fromEntries(cells.map(([name, panel]) => [name, panel])),
    destroy: () => cells.forEach(([, , clear]) => clear()),
  };
}

/** A place for one view, which is made anew when another kind is wanted there; and what clears it. */
function place(name: string, kindFor: (trained: Settings) => Kind, events: ViewEvents): [Panel, () => void] {
  const heading = h("h3");
  const host = h("div", { class: "tmsx-host" });
  const element = h("section", { class: `tmsx-view tmsx-${name}` }, heading, host);
  let view: View | null = null;
  let kind: Kind | null = null;
  let drawn: unknown[] = [];
  const panel: Panel = {
    element,
    show({ film, frame, selection, training }) {
      if (!film || !training) return;
      const wanted = kindFor(training.settings);
      if (wanted !== kind) {
        if (wanted[1] !== kind?.[1]) {
          view?.destroy();
          view = wanted[1](host, events);
          drawn = [];
        }
        kind = wanted;
        setText(heading, kind[0]);
        element.setAttribute("aria-label", kind[0]);
      }
      if (film !== drawn[0] || frame !== drawn[1]) view!.update(film, frame);
      if (selection !== drawn[2]) view!.select(selection);
      drawn = [film, frame, selection];
    },
  };
  return [panel, () => view?.destroy()];
}
