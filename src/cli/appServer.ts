import { createServer, type RequestListener, type Server } from "node:http";
import sirv from "sirv";

/** What every response says. */
const headers: Readonly<Record<string, string>> = {
  // Memory that threads share is for pages that no other page can look into.
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  // The page has all it needs beside it. The engine's threads start from blobs; kernels are WebAssembly.
  "Content-Security-Policy": [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval' blob:",
    "worker-src 'self' blob:",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** A server of the files below `folder`, and of nothing else: each as it is at the request, gzipped where `.gz` is there. */
export function appServer(folder: string): Server {
  const files = sirv(folder, {
    // Each request looks at the folder, so that a new build is there at the next.
    dev: true,
    etag: true,
    gzip: true,
    setHeaders: (response, pathname) => {
      // Names in `assets` follow from what is in the files; of others the browser asks whether they are the same.
      if (pathname.startsWith("/assets/"))
        response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
      // The digits, of a kind that no table of types knows.
      if (pathname.endsWith(".idxz")) response.setHeader("Content-Type", "application/octet-stream");
    },
    onNoMatch: (_, response) => {
      response.writeHead(404, plain).end("Not found\n");
    },
  });
  const answer: RequestListener = (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method === "GET" || request.method === "HEAD") files(request, response);
    else response.writeHead(405, { ...plain, Allow: "GET, HEAD" }).end("Only GET and HEAD\n");
  };
  return createServer(answer);
}

const plain = { "Content-Type": "text/plain; charset=utf-8" };
