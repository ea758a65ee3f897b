// Networks as drawings: `convnets/diagram`. Pure TypeScript, for Node and browsers alike.

export type { Box, Category } from "./boxes.ts";
export {
  type Drawing,
  type DrawnBox,
  type Frame,
  type LayoutOptions,
  type Line,
  layout,
  type Rectangle,
} from "./layout.ts";
export { diagramPage } from "./page.ts";
export { countBoxes, type Group, type Parallel, type Part, structure } from "./structure.ts";
export { svg } from "./svg.ts";
