import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { exported } from "./host.js";
import { JOBS } from "./jobs.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Pages may share memory between threads only if nobody else's content can be near them. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves the project's files, and `/network.onnx?job=JOB`, to this machine.
 * @returns {Promise<string>} the origin
 */
export async function serve() {
  const server = createServer(async ({ url }, response) => {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const answer = (status, text) => response.writeHead(status, ISOLATED).end(text);
    if (pathname === "/network.onnx") {
      const job = searchParams.get("job");
      if (!(job in JOBS)) return answer(404, `there is no job "${job}"`);
      try {
        answer(200, await exported(job));
      } catch (error) {
        answer(500, error.message);
      }
      return;
    }
    const path = join(ROOT, normalize(decodeURIComponent(pathname)));
    const type = TYPES[extname(path)];
    if (!type || !statSync(path, { throwIfNoEntry: false })?.isFile()) return answer(404, `no ${pathname}`);
    response.writeHead(200, { ...ISOLATED, "Content-Type": type });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return `http://localhost:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;
}
