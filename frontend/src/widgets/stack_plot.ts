// Bars a feature, or columns a neuron: which, is settled when the widget is made.
import { widgetOf } from "../shared/standalone";
import type { Weights } from "../neurons/stacks";
import { neuronStacks } from "../views/neuron_stacks";
import { stackPlot } from "../views/stack_plot";

export default widgetOf((host, events, model) => {
  if (model.get("by") !== "neuron") return stackPlot(host, events);
  const view = neuronStacks(host, events, (kind) => {
    model.set("weights", kind);
    model.save_changes();
  });
  return {
    ...view,
    update: (film, frame) => {
      view.weights(model.get("weights") as Weights);
      view.update(film, frame);
    },
  };
}, ["weights"]);
