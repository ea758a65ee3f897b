import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { addApp } from "../../src/cli/app.ts";
import { appServer } from "../../src/cli/appServer.ts";
import { convnets, scratch } from "./cli.ts";

const folder = scratch();
const inside = join(folder, "app");
const script = "export const answer = 42;\n";

beforeAll(() => {
  for (const path of ["app/assets", "app/digits", "app-secret"])
    mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(folder, "app-secret/index.html"), "secret");
  writeFileSync(join(inside, "index.html"), "<!doctype html><title>convnets</title>");
  writeFileSync(join(inside, "assets/index-abc.js"), script);
  writeFileSync(join(inside, "assets/index-abc.js.gz"), gzipSync(script));
  writeFileSync(join(inside, "digits/test.idxz"), gzipSync("digits"));
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A request whose path goes out as it stands: `fetch` would tidy it first. */
async function ask(port: number, path: string, method = "GET", headers = {}): Promise<Answer> {
  const asked = request({ host: "localhost", port, path, method, headers, agent: false });
  asked.end();
  const [response] = await once(asked, "response");
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) };
}

describe("the application's server", () => {
  const server = appServer(inside);
  let port = 0;
  beforeAll(async () => {
    server.listen(0, "localhost");
    await once(server, "listening");
    // A server that listens on a port has such an address.
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it("isolates the page, lets it load only itself, and has browsers believe its types", async () => {
    for (const path of ["/", "/assets/index-abc.js", "/digits/test.idxz", "/nothing"]) {
      const { headers } = await ask(port, path);
      expect(headers).toMatchObject({
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
      });
      expect(headers["content-security-policy"]).toMatch(
        /^default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:;/,
      );
    }
  });

  it.each([
    ["/", "text/html;charset=utf-8", "no-cache"],
    ["/index.html", "text/html;charset=utf-8", "no-cache"],
    ["/assets/index-abc.js", "text/javascript", "public, max-age=31536000, immutable"],
    ["/digits/test.idxz", "application/octet-stream", "no-cache"],
  ])("%s is %s, cached as %s", async (path, type, cache) => {
    const { status, headers } = await ask(port, path);
    expect([status, headers["content-type"], headers["cache-control"]]).toEqual([200, type, cache]);
  });

  it("sends what lies gzipped beside a file to those who take it, and nothing to those who have it", async () => {
    const packed = await ask(port, "/assets/index-abc.js", "GET", { "Accept-Encoding": "gzip" });
    expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "Accept-Encoding" });
    expect(gunzipSync(packed.body).toString()).toBe(script);
    const { headers, body } = await ask(port, "/assets/index-abc.js");
    expect([headers["content-encoding"], body.toString()]).toEqual([undefined, script]);
    const again = await ask(port, "/", "GET", { "If-None-Match": (await ask(port, "/")).headers.etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers["cross-origin-opener-policy"]).toBe("same-origin");
  });

  it.each([
    ...[
      "/../secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/assets/../../secret.txt",
      "//secret.txt",
    ],
    ...[
      "/..\\secret.txt",
      "/../app-secret/",
      "/%00",
      "/%E0%A4%A",
      "/assets",
      "/__proto__",
      `${"/..".repeat(20)}/etc/passwd`,
    ],
  ])("%s is not found", async (path) => {
    const { status, body } = await ask(port, path);
    expect([status, body.toString()]).toEqual([404, "Not found\n"]);
  });

  it("answers GET and HEAD alone", async () => {
    expect(await ask(port, "/", "HEAD")).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
      expect(await ask(port, "/", method)).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  });
});

describe("convnets app", () => {
  it("says where it listens, takes a free port where the usual one is taken, and ends at Ctrl-C", async () => {
    const first = await run("--json");
    const second = await run("--json");
    const [one, two] = [first, second].map(({ out }) => JSON.parse(out()));
    expect(two.port).not.toBe(one.port);
    expect(two).toMatchObject({ url: `http://localhost:${two.port}/`, host: "localhost" });
    expect((await ask(two.port, "/")).body.toString()).toContain("<title>convnets</title>");
    for (const running of [first, second]) {
      running.interrupt();
      await running.ended;
    }
    await expect(ask(two.port, "/")).rejects.toThrow("ECONNREFUSED");
  });

  it("tells a reader the address", async () => {
    const { out, interrupt, ended } = await run("--port", "0");
    expect(out()).toMatch(/^http:\/\/localhost:\d+\/ serves the application\. Ctrl-C ends it\.\n$/);
    interrupt();
    await ended;
  });

  it("refuses a port that was asked for and is taken", async () => {
    const other = createServer();
    other.listen(0, "localhost");
    await once(other, "listening");
    // A server that listens on a port has such an address.
    const { port } = other.address() as AddressInfo;
    await expect(run("--port", `${port}`)).rejects.toThrow(
      `app: can't listen on port ${port} of localhost: it is taken; leave out --port for a free one`,
    );
    other.close();
  });

  it("refuses a folder without an application", async () => {
    await expect(run("--folder", join(folder, "nowhere"))).rejects.toThrow(
      /^app: .*nowhere has no index\.html: the application is not built; run `npm run build`$/,
    );
  });
});

test.each(["x", "-1", "65536", "80.5"])("%s is no port", async (port) => {
  const { code, err } = await convnets("app", `--port=${port}`);
  expect([code, err]).toEqual([2, expect.stringContaining("Expected a whole number, 0 to 65535.")]);
});

/** The command over the folder of this test, when it has said where it listens. */
async function run(...argv: readonly string[]) {
  const [flag, asked = inside] = argv[0] === "--folder" ? argv : [];
  const out: string[] = [];
  let interrupt = () => {};
  const program = new Command().exitOverride();
  const ready = new Promise<void>((resolve) => {
    const io = {
      stdout: { write: (text: string) => out.push(text) },
      stderr: { write: () => {} },
      onInterrupt: (listener: () => void) => {
        interrupt = listener;
        resolve();
        return () => {};
      },
    };
    addApp(program, io, asked);
  });
  for (const command of program.commands) command.option("--json");
  const ended = program.parseAsync(["app", ...(flag ? [] : argv)], { from: "user" });
  await Promise.race([ready, ended]);
  return { out: () => out.join(""), interrupt: () => interrupt(), ended };
}
