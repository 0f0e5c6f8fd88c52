// The four views, linked: one selection and one frame for all of them.
import { featureGeometry } from "../views/feature_geometry";
import { lossCurve } from "../views/loss_curve";
import { stackPlot } from "../views/stack_plot";
import { weightMatrix } from "../views/weight_matrix";
import type { ViewEvents, ViewFactory } from "../shared/view";
import { h } from "./dom";
import type { Instrument } from "./instrument";
import type { Panel } from "./panel";

const VIEWS: readonly (readonly [name: string, title: string, factory: ViewFactory])[] = [
  ["geometry", "Feature directions Wᵢ", featureGeometry],
  ["matrix", "WᵀW and b", weightMatrix],
  ["stack", "Norms and interference", stackPlot],
  ["loss", "Loss over training", lossCurve],
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
  const cells = VIEWS.map(([name, title, factory]) => {
    const host = h("div", { class: "tmsx-host" });
    const element = h("section", { class: `tmsx-view tmsx-${name}`, "aria-label": title }, h("h3", {}, title), host);
    const view = factory(host, events);
    let drawn: unknown[] = [];
    const panel: Panel = {
      element,
      show({ film, frame, selection }) {
        if (!film) return;
        if (film !== drawn[0] || frame !== drawn[1]) view.update(film, frame);
        if (selection !== drawn[2]) view.select(selection);
        drawn = [film, frame, selection];
      },
    };
    return [name, panel, view] as const;
  });
  return {
    panels: Object.fromEntries(cells.map(([name, panel]) => [name, panel])),
    destroy: () => cells.forEach(([, , view]) => view.destroy()),
  };
}
