import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import "./architectures.css";
import { href, route } from "../shell/route.ts";
import { Networks } from "./networks.tsx";

/** Two tabs: the networks of the zoo, and the ideas that they are built by. */
export function Architectures(): JSX.Element {
  const ideas = route.value.detail === "ideas";
  return (
    <>
      <nav class="tabs" aria-label="Architectures">
        <a href={href("architectures")} aria-current={ideas ? undefined : "page"}>
          Networks
        </a>
        <a href={href("architectures", "ideas")} aria-current={ideas ? "page" : undefined}>
          Ideas
        </a>
      </nav>
      {ideas ? <LoadedIdeas /> : <Networks />}
    </>
  );
}

/** Read when first visited, so that the networks are there sooner. */
function LoadedIdeas(): JSX.Element | undefined {
  const Ideas = useSignal<ComponentType | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  useSignalEffect(() => {
    import("../ideas/ideas.tsx").then(
      (module) => {
        Ideas.value = module.Ideas;
      },
      (error: unknown) => {
        failure.value = String(error);
      },
    );
  });
  if (failure.value !== undefined)
    return (
      <p class="notice" role="alert">
        The ideas could not be loaded: {failure.value}. Load the page again.
      </p>
    );
  return Ideas.value && <Ideas.value />;
}
