// The feature graph as a widget: it holds one model, or several among which the browser goes by itself.
import { featureGraph } from "../graph/feature_graph";
import { readGraph, type GraphMeta } from "../graph/model";
import { selectableWidget } from "../shared/standalone";

export default selectableWidget(["_graphs", "_weights", "_model", "_threshold"], (host, events, model) => {
  const view = featureGraph(host, events);
  const redraw = (): void => {
    const threshold = model.get("_threshold") as number;
    const graphs = model.get("_graphs") as GraphMeta[];
    view.update(readGraph(graphs, model.get("_weights") as DataView, model.get("_model") as number, threshold), threshold);
  };
  return { view, redraw };
});
