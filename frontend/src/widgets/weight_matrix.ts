import { widgetOf } from "../shared/standalone";
import { weightMatrix } from "../views/weight_matrix";

export default widgetOf(weightMatrix);
