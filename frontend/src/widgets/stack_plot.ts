import { widgetOf } from "../shared/standalone";
import { stackPlot } from "../views/stack_plot";

export default widgetOf(stackPlot);
