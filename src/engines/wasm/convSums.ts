import { addDirect } from "./convDirect.ts";
import type { Sums } from "./convWindows.ts";
import type { Context } from "./lowering.ts";
import { addWinograd, suitsWinograd } from "./winograd.ts";

/** Adds the steps of sums over windows, by a transform where that is faster. */
export function addSums(sums: Sums, context: Context): void {
  if (suitsWinograd(sums, context)) addWinograd(sums, context);
  else addDirect(sums, context);
}
