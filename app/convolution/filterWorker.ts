// Opens a network apart from the page's thread: large ones have hundreds of megabytes.

import { expose, transfer } from "comlink";
import type { Network } from "../networks/network.ts";
import { openNetwork } from "../networks/open.ts";
import { type Filters, firstFilters } from "./filters.ts";

const worker = {
  async filters(network: Network): Promise<Filters> {
    const filters = firstFilters(await openNetwork(network));
    return transfer(filters, [filters.weights.buffer, filters.bias.buffer]);
  },
};

export type FilterWorker = typeof worker;

expose(worker);
