import type { ViewFactory } from "../shared/view";

export const stackPlot: ViewFactory = (host) => {
  host.textContent = "stack_plot";
  return { update: () => {}, select: () => {}, destroy: () => host.replaceChildren() };
};
