import type { ViewFactory } from "../shared/view";

export const weightMatrix: ViewFactory = (host) => {
  host.textContent = "weight_matrix";
  return { update: () => {}, select: () => {}, destroy: () => host.replaceChildren() };
};
