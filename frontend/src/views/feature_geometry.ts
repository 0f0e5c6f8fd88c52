import type { ViewFactory } from "../shared/view";

export const featureGeometry: ViewFactory = (host) => {
  host.textContent = "feature_geometry";
  return { update: () => {}, select: () => {}, destroy: () => host.replaceChildren() };
};
