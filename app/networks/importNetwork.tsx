import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { DraftForm } from "./draftForm.tsx";
import { type Reading, readNetworkFile } from "./files.ts";
import type { Network } from "./network.ts";
import "./networks.css";
import { keep } from "./store.ts";

const endings = ".pth,.pt,.th,.safetensors,.npz,.onnx";

type Stage =
  | { readonly kind: "empty" }
  | { readonly kind: "reading"; readonly file: string }
  | { readonly kind: "read"; readonly file: string; readonly reading: Reading }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Takes a file of weights or an ONNX model, chosen or dropped, shows what it may be, and keeps what the reader settles
 * on. `onKept` gets the id of the network when it is in the library.
 */
export function ImportNetwork({ onKept }: { readonly onKept?: (id: string) => void }): JSX.Element {
  const stage = useSignal<Stage>({ kind: "empty" });
  const over = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  // What was read last counts, also when an earlier file takes longer.
  const turn = useRef(0);

  const close = () => {
    if (stage.value.kind === "read") stage.value.reading.close();
    turn.current++;
    stage.value = { kind: "empty" };
  };
  useEffect(() => close, []);

  const read = async (file: File | undefined) => {
    if (file === undefined) return;
    close();
    const mine = turn.current;
    stage.value = { kind: "reading", file: file.name };
    try {
      const reading = await readNetworkFile(file);
      if (turn.current === mine) stage.value = { kind: "read", file: file.name, reading };
      else reading.close();
    } catch (error) {
      if (turn.current === mine) stage.value = { kind: "failed", message: messageOf(error) };
    }
  };
  const settle = async (index: number, settled: Partial<Network>) => {
    if (stage.value.kind !== "read") return;
    const { file, reading } = stage.value;
    stage.value = { kind: "reading", file };
    try {
      const network = { ...(await reading.take(index)), ...settled };
      await keep(network);
      stage.value = { kind: "empty" };
      onKept?.(network.id);
    } catch (error) {
      stage.value = { kind: "failed", message: messageOf(error) };
    }
  };

  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the first. */}
      <div
        class={`network-drop ${over.value ? "over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          over.value = true;
        }}
        onDragLeave={() => {
          over.value = false;
        }}
        onDrop={(event) => {
          event.preventDefault();
          over.value = false;
          read(event.dataTransfer?.files[0]);
        }}
      >
        <button type="button" onClick={() => input.current?.click()}>
          Import a network
        </button>
        <span class="muted">
          or drop a file here: .pth, .safetensors, .npz or .onnx. It stays on this machine.
        </span>
        <input
          ref={input}
          type="file"
          hidden
          accept={endings}
          aria-label="File of a network"
          onChange={({ currentTarget }) => {
            read(currentTarget.files?.[0]);
            // The same file may be chosen again.
            currentTarget.value = "";
          }}
        />
      </div>
      <div aria-live="polite">
        {stage.value.kind === "reading" && <p class="muted">Reading {stage.value.file} …</p>}
      </div>
      {stage.value.kind === "failed" && (
        <div class="notice" role="alert">
          <pre class="network-message">{stage.value.message}</pre>
        </div>
      )}
      {stage.value.kind === "read" && (
        <DraftForm
          key={stage.value.file}
          file={stage.value.file}
          drafts={stage.value.reading.drafts}
          onSettled={settle}
          onCancel={close}
        />
      )}
    </div>
  );
}

function messageOf(error: unknown): string {
  if (error instanceof RangeError) return `${error.message}: the file is too large for this page's memory`;
  return error instanceof Error ? error.message : String(error);
}
