import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { type FileForm, fileName } from "./fileForm.ts";
import { writeNetworkFile } from "./files.ts";
import type { Network } from "./network.ts";
import "./networks.css";

const buttons: readonly { readonly form: FileForm; readonly text: string }[] = [
  { form: "safetensors", text: "Download weights (.safetensors)" },
  { form: "pth", text: "Download weights (.pth)" },
  { form: "onnx", text: "Download ONNX" },
];

interface Props {
  /** Gives the network when a button is pressed: one in training, or `() => load(id)` of the store. */
  load(): Promise<Network>;
  readonly disabled?: boolean;
}

/** Buttons that write a network as a file and download it, with the choices there are for ONNX. */
export function ExportNetwork({ load, disabled = false }: Props): JSX.Element {
  const fold = useSignal(true);
  const softmax = useSignal(false);
  const normalize = useSignal(false);
  const writing = useSignal<FileForm | undefined>(undefined);
  const result = useSignal<{ readonly text: string; readonly failed: boolean } | undefined>(undefined);

  const write = async (form: FileForm) => {
    writing.value = form;
    result.value = undefined;
    try {
      const network = await load();
      const choices = { fold: fold.value, softmax: softmax.value, normalize: normalize.value };
      const file = fileName(network, form);
      download(await writeNetworkFile(network, form, choices), file);
      result.value = { text: `${file} is written.`, failed: false };
    } catch (error) {
      result.value = { text: error instanceof Error ? error.message : String(error), failed: true };
    } finally {
      writing.value = undefined;
    }
  };

  return (
    <div class="stack">
      <div class="row">
        {buttons.map(({ form, text }) => (
          <button
            key={form}
            type="button"
            disabled={disabled || writing.value !== undefined}
            onClick={() => write(form)}
          >
            {text}
          </button>
        ))}
      </div>
      <fieldset class="network-choices row">
        <legend>In the ONNX model</legend>
        <Choice of={fold} text="fold batch norm into convolutions" />
        <Choice of={softmax} text="end with a softmax" />
        <Choice of={normalize} text="normalise pixels inside" />
      </fieldset>
      <div aria-live="polite" class="muted">
        {writing.value !== undefined ? "Writing …" : result.value?.failed === false && result.value.text}
      </div>
      {result.value?.failed && (
        <div class="notice" role="alert">
          <pre class="network-message">{result.value.text}</pre>
        </div>
      )}
    </div>
  );
}

function Choice({ of, text }: { readonly of: Signal<boolean>; readonly text: string }): JSX.Element {
  return (
    <label class="network-choice">
      <input
        type="checkbox"
        checked={of.value}
        onChange={({ currentTarget }) => {
          of.value = currentTarget.checked;
        }}
      />
      {text}
    </label>
  );
}

function download(bytes: Uint8Array<ArrayBuffer>, file: string): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  // The download has its own hold on the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
