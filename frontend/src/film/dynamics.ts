// One model's training: the dimensionality of its features above its loss, beside its geometry, all at one frame.
import { h, setText } from "../explorer/dom";
import { formula } from "../shared/dom";
import type { View, ViewFactory } from "../shared/view";
import { dimensionality } from "../views/dimensionality";
import { featureGeometry } from "../views/feature_geometry";
import { lossCurve } from "../views/loss_curve";
import { projector } from "./projector";
import "./film.css";

const PARTS: readonly (readonly [name: string, title: string, factory: ViewFactory])[] = [
  ["dimensionality", "Dimensionality Dᵢ", dimensionality],
  ["loss", "Loss", lossCurve],
  ["geometry", "Feature directions Wᵢ", featureGeometry],
];

export const dynamics: ViewFactory = (host, events) => {
  const root = h("div", {
    class: "tmsx tms-film tms-dynamics", role: "group", "aria-label": "Learning dynamics", tabindex: -1, "data-lm-suppress-shortcuts": "true",
  });
  const film = projector(root, events);
  const asked = { ...events, onFrame: film.scrub };
  const views: View[] = [];
  const parts = h("div", { class: "tms-parts" });
  const caption = h("p", { class: "tms-film-caption", "aria-live": "polite" });
  let said = "";
  const shape = h("p", { class: "tms-film-shape" });
  root.append(caption, film.element, parts);
  for (const [name, title, factory] of PARTS) {
    const place = h("div");
    const named = name === "geometry" ? [shape] : [];
    parts.append(h("section", { class: `tms-part tms-part-${name}`, "aria-label": title }, h("h3", {}, title), ...named, place));
    views.push(factory(place, asked));
  }
  host.append(root);
  return {
    update: (next, frame) => {
      film.follow(next, frame);
      if (next.caption !== said) caption.replaceChildren(formula((said = next.caption)));
      setText(shape, next.course?.names[frame] ?? "");
      shape.title = shape.textContent!;
      for (const view of views) view.update(next, frame);
    },
    select: (selection) => views.forEach((view) => view.select(selection)),
    destroy: () => {
      film.destroy();
      for (const view of views) view.destroy();
      root.remove();
    },
  };
};
