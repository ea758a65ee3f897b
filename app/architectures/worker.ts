// Networks are traced here: the largest takes a fifth of a second, and all of the zoo's code is here alone.
import { expose } from "comlink";
import { structure } from "convnets/diagram";
import { createModel, models, summarize } from "convnets/models";
import type { Catalogue, Description, Request } from "./description.ts";

const zoo: Catalogue = {
  entries: () =>
    Object.values(models).map(({ name, form, about, year, paper, input }) => ({
      name,
      form,
      about,
      year,
      paper,
      input,
    })),
  describe: ({ name, classes, size }: Request): Description => {
    const model = createModel(name, {
      ...(classes !== undefined && { classes }),
      ...(size !== undefined && { size }),
    });
    return { name, summary: summarize(model), parts: structure(model) };
  },
};

expose(zoo);
