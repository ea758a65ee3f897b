import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DownloadOptions, download } from "../../src/data/download.ts";
import { ConvnetsError } from "../../src/ir/errors.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const content = new Uint8Array(100_000).map((_, i) => (i * i) % 251);
const sha256 = createHash("sha256").update(content).digest("hex");

let folder = "";
let servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convnets-download-"));
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
  await rm(folder, { recursive: true });
});

/** Starts a server on this machine and gives the address of its folder. */
async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}/`;
}

/** Serves `content` and honours ranges. */
const whole: Handler = ({ headers: { range } }, response) => {
  const start = range === undefined ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
  if (start >= content.length) return response.writeHead(416).end();
  if (start > 0) response.writeHead(206, { "content-range": `bytes ${start}-99999/100000` });
  response.end(content.subarray(start));
};

/** Promises everything and breaks off once `length` bytes have arrived. */
function cutAfter(length: number): Handler {
  return async (_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, length));
    while ((await readFile(join(folder, "data.gz.part")).catch(() => "")).length < length);
    response.destroy();
  };
}

const status =
  (code: number): Handler =>
  (_, response) =>
    response.writeHead(code).end("no");

function get(mirrors: readonly string[], options: DownloadOptions = {}): Promise<Uint8Array> {
  return download({ name: "data.gz", mirrors, sha256, limit: 1_000_000 }, folder, options);
}

describe("download", () => {
  test("brings a file, keeps it under its name, and does not ask again", async () => {
    let requests = 0;
    const mirror = await serve((request, response) => {
      requests++;
      whole(request, response);
    });
    expect(await get([mirror])).toEqual(content);
    expect(await get([mirror])).toEqual(content);
    expect(requests).toBe(1);
    expect(await readdir(folder)).toEqual(["data.gz"]);
  });

  test("makes the folder", async () => {
    const mirror = await serve(whole);
    const deep = join(folder, "a", "b");
    await download({ name: "data.gz", mirrors: [mirror], sha256, limit: 1_000_000 }, deep);
    expect(await readdir(deep)).toEqual(["data.gz"]);
  });

  test("goes on where a broken connection stopped", async () => {
    const ranges: (string | undefined)[] = [];
    const mirror = await serve((request, response) => {
      ranges.push(request.headers.range);
      (ranges.length === 1 ? cutAfter(40_000) : whole)(request, response);
    });
    expect(await get([mirror])).toEqual(content);
    expect(ranges).toEqual([undefined, "bytes=40000-"]);
  });

  test("goes on from what an interrupted process left", async () => {
    await writeFile(join(folder, "data.gz.part"), content.subarray(0, 70_000));
    const ranges: (string | undefined)[] = [];
    const mirror = await serve((request, response) => {
      ranges.push(request.headers.range);
      whole(request, response);
    });
    expect(await get([mirror])).toEqual(content);
    expect(ranges).toEqual(["bytes=70000-"]);
    expect(await readdir(folder)).toEqual(["data.gz"]);
  });

  test("takes a part that is complete already", async () => {
    await writeFile(join(folder, "data.gz.part"), content);
    expect(await get([await serve(whole)])).toEqual(content);
  });

  test("starts over when a resumed file turns out wrong, or the mirror knows no ranges", async () => {
    await writeFile(join(folder, "data.gz.part"), new Uint8Array(70_000));
    expect(await get([await serve(whole)])).toEqual(content);
    await rm(join(folder, "data.gz"));
    await writeFile(join(folder, "data.gz.part"), new Uint8Array(70_000));
    expect(await get([await serve((_, response) => response.end(content))])).toEqual(content);
  });

  test("replaces a kept file that is damaged", async () => {
    await writeFile(join(folder, "data.gz"), "damaged");
    expect(await get([await serve(whole)])).toEqual(content);
    expect(Buffer.compare(await readFile(join(folder, "data.gz")), content)).toBe(0);
  });

  test("the second mirror helps out, and goes on where the first one failed", async () => {
    const first = await serve(status(503));
    const second = await serve(cutAfter(10_000));
    const ranges: (string | undefined)[] = [];
    const third = await serve((request, response) => {
      ranges.push(request.headers.range);
      whole(request, response);
    });
    const asked: string[] = [];
    expect(await get([first, second, third], { onRequest: (url) => asked.push(url) })).toEqual(content);
    expect(ranges).toEqual(["bytes=10000-"]);
    expect(asked).toEqual([first, second, second, third].map((mirror) => `${mirror}data.gz`));
  });

  test("says of every mirror why it failed, and what to do; nothing wrong is kept", async () => {
    const missing = await serve(status(404));
    const wrong = await serve((_, response) => response.end("something else"));
    const large = await serve((_, response) => response.end(new Uint8Array(1_000_001)));
    const range = await serve((_, response) => {
      response.writeHead(206, { "content-range": "bytes 5-9/10" }).end("12345");
    });
    const found = createHash("sha256").update("something else").digest("hex");
    await expect(get([missing, wrong, large])).rejects.toThrow(
      new ConvnetsError(
        [
          "cannot download data.gz",
          `${missing}data.gz: HTTP status 404`,
          `${wrong}data.gz: SHA-256 is ${found}, expected ${sha256}`,
          `${large}data.gz: more than 1000000 bytes`,
          `get it another way and put it into ${folder}`,
        ].join("\n  "),
      ),
    );
    await writeFile(join(folder, "data.gz.part"), content.subarray(0, 10));
    await expect(get([range])).rejects.toThrow(`${range}data.gz: sent another range than asked for`);
    expect(await readdir(folder)).toEqual(["data.gz.part"]);
  });

  test("a mirror that does not answer is given up", async () => {
    const silent = await serve(() => {});
    await expect(get([silent], { timeout: 50 })).rejects.toThrow(`${silent}data.gz: no answer for 0.05 s`);
    const stalls = await serve((_, response) => {
      response.writeHead(200).write(content.subarray(0, 10));
    });
    await expect(get([stalls], { timeout: 50 })).rejects.toThrow(`${stalls}data.gz: no answer for 0.05 s`);
  });

  test("a mirror that cannot be reached says so", async () => {
    const mirror = await serve(whole);
    const [server] = servers.splice(0);
    await new Promise((done) => server?.close(done));
    await expect(get([mirror])).rejects.toThrow(`${mirror}data.gz: connect ECONNREFUSED`);
  });

  test("a signal stops it", async () => {
    const stop = new AbortController();
    const silent = await serve(() => stop.abort(new Error("enough")));
    await expect(get([silent], { signal: stop.signal })).rejects.toThrow("enough");
  });

  test("a folder that cannot be made is an error of this machine, not of the mirror", async () => {
    await writeFile(join(folder, "file"), "");
    const below = join(folder, "file", "cache");
    const remote = { name: "data.gz", mirrors: [await serve(whole)], sha256, limit: 10 };
    await expect(download(remote, below)).rejects.toThrow(
      new ConvnetsError(
        `cannot write ${below} (0 bytes): a part of the path before the last is a file, not a folder; choose another path (ENOTDIR)`,
      ),
    );
  });
});
