import type { ViewFactory } from "../shared/view";

export const lossCurve: ViewFactory = (host) => {
  host.textContent = "loss_curve";
  return { update: () => {}, select: () => {}, destroy: () => host.replaceChildren() };
};
