import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { delimiter, extname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { it } from "vitest";

const names = ["chromium", "chromium-browser", "google-chrome"];
const usual = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)));

/** The browser: what CONVNETS_CHROMIUM names, or one on the path. */
export const executable: string | undefined = process.env.CONVNETS_CHROMIUM ?? usual.find(existsSync);

/** `suite` where there is a browser; otherwise a test that tells so, failed when CONVNETS_REQUIRE_CHROMIUM is 1. */
export function withChromium(suite: () => void): void {
  if (executable !== undefined) suite();
  else
    it.skipIf(process.env.CONVNETS_REQUIRE_CHROMIUM !== "1")("Chromium is here (it is not)", () => {
      throw new Error(`no Chromium; run: apt-get install chromium, or name one in CONVNETS_CHROMIUM`);
    });
}

/** A headless browser with an empty profile, which stays off the network and says what memory it really uses. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable ?? "",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--enable-blink-features=ForceEagerMeasureMemory",
      // A camera that sees a moving pattern.
      "--use-fake-device-for-media-stream",
    ],
  });
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

/** Serves folders, each under its path; a page `isolated` from other origins may have shared memory. */
export class PageServer {
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    this.url = `http://localhost:${address.port}/`;
  }

  static async start(folders: Readonly<Record<string, string>>, isolated: boolean): Promise<PageServer> {
    const headers: Readonly<Record<string, string>> = isolated
      ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
      : {};
    const server = createServer((request, response) => {
      // Browsers ask for one by themselves; without, they complain.
      if (request.url === "/favicon.ico") return response.writeHead(204).end();
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const [path = "", folder = ""] =
        Object.entries(folders).find(([path]) => pathname.startsWith(path)) ?? [];
      const name = pathname.endsWith("/") ? "index.html" : "";
      readFile(join(folder, pathname.slice(path.length), name)).then(
        (body) => {
          const type = types[extname(name || pathname)] ?? "application/octet-stream";
          response.writeHead(200, { "Content-Type": type, ...headers }).end(body);
        },
        () => response.writeHead(404, headers).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    return new PageServer(server);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
