import { dynamics } from "../film/dynamics";
import { widgetOf } from "../shared/standalone";

export default widgetOf(dynamics);
