import { widgetOf } from "../shared/standalone";
import { neuronGraph } from "../views/neuron_graph";

export default widgetOf((host, events, model) => {
  const onNeuron = (neuron: number | null): void => {
    model.set("neuron", neuron);
    model.save_changes();
  };
  const view = neuronGraph(host, { ...events, onNeuron });
  return {
    ...view,
    update: (film, frame) => {
      view.set(model.get("threshold") as number, model.get("neuron") as number | null);
      view.update(film, frame);
    },
  };
}, ["threshold", "neuron"]);
