import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { facts, startOptions } from "./begin.ts";
import { settings } from "./choice.ts";
import { optionsFor } from "./recipes.ts";
import { codeOf, commandGap, commandOf } from "./reproduce.ts";

/** What one would type elsewhere to train the same. */
export function Reproduction(): JSX.Element {
  const chosen = settings.value;
  const { shape, classes, train } = facts.value ?? { shape: [3, 32, 32] as const, classes: 2, train: 0 };
  const options = optionsFor(chosen, shape, classes, startOptions.value);
  const circumstances = { options, available: train };
  const gap = commandGap(chosen, circumstances);
  return (
    <section class="card stack" aria-labelledby="elsewhere">
      <h2 id="elsewhere">The same elsewhere</h2>
      <Copied title="As a command" text={commandOf(chosen, circumstances)} />
      {gap !== undefined && <p class="muted">{gap}</p>}
      <details>
        <summary>As code</summary>
        <Copied title="For Node" text={codeOf(chosen, circumstances)} />
      </details>
    </section>
  );
}

function Copied({ title, text }: { readonly title: string; readonly text: string }): JSX.Element {
  const copied = useSignal("");
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => {
        copied.value = "Copied.";
      },
      () => {
        copied.value = "The browser does not let this page copy; select the text instead.";
      },
    );
  return (
    <div>
      <div class="row between">
        <h3>{title}</h3>
        <button type="button" onClick={copy}>
          Copy<span class="aside"> {title}</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre class="scroll" tabIndex={0}>
        <code>{text}</code>
      </pre>
      <p class="muted" role="status">
        {copied.value}
      </p>
    </div>
  );
}
