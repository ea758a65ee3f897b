// Lets Node load the library's TypeScript as it is, by the transformer that is in Vite.
import { register } from "node:module";

register("./typescriptHooks.js", import.meta.url);
