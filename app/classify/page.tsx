import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { NetworkPicker } from "../networks/networkPicker.tsx";
import { listed, networks } from "../networks/store.ts";
import { href, replaceRoute, route } from "../shell/route.ts";
import { AnswerCard } from "./answerCard.tsx";
import "./classify.css";
import { HeatCard } from "./heatCard.tsx";
import { LayersCard } from "./layersCard.tsx";
import { methodOf } from "./question.ts";
import { Session } from "./session.ts";
import { ShowCard } from "./showCard.tsx";
import { TrainFirst } from "./trainFirst.tsx";

/** A network answers for pictures, and shows why. `#/classify/ID?method=…&layer=…`. */
export function Classify(): JSX.Element {
  const session = useMemo(() => new Session(), []);
  const ready = useSignal(false);
  useEffect(() => {
    void listed.then(() => {
      ready.value = true;
    });
    const { query } = route.peek();
    session.method.value = methodOf(query.get("method"));
    session.layer.value = query.get("layer") ?? undefined;
    return () => session.close();
  }, [session]);

  // The newest network answers where the address names none that is kept.
  const id = useComputed(() => {
    const { page, detail } = route.value;
    if (!ready.value || page !== "classify") return undefined;
    return networks.value.find((network) => network.id === detail)?.id ?? networks.value[0]?.id;
  });
  useSignalEffect(() => {
    if (id.value !== undefined) void session.use(id.value);
  });
  useSignalEffect(() => {
    const { method, layer } = session;
    const query = {
      ...(method.value !== "gradCam" && { method: method.value }),
      ...(layer.value !== undefined && { layer: layer.value }),
    };
    const { page } = route.peek();
    if (id.value === undefined || page !== "classify") return;
    const to = href("classify", id.value, query);
    if (location.hash !== to) replaceRoute(to);
  });
  const choose = (to: string) => replaceRoute(href("classify", to));

  if (!ready.value) return <p class="muted">Looking for networks …</p>;
  const none = networks.value.length === 0;
  return (
    <div class="stack classify">
      <div class="card">
        <NetworkPicker value={id.value} onChange={choose} />
        {none && <TrainFirst session={session} onTrained={choose} />}
        <About session={session} />
      </div>
      {session.failure.value !== "" && (
        <p class="notice" role="alert">
          {session.failure.value}
        </p>
      )}
      <div class="question">
        <ShowCard session={session} />
        <AnswerCard session={session} />
        <HeatCard session={session} />
      </div>
      <LayersCard session={session} />
    </div>
  );
}

/** What the chosen network reads and takes. */
function About({ session }: { readonly session: Session }): JSX.Element {
  const info = session.opened.value;
  if (session.opening.value) return <p class="muted about">Opening the network …</p>;
  if (!info) return <p class="muted about">Once there is a network, it answers here.</p>;
  const [channels, height, width] = info.input;
  const megabytes = info.weightBytes / 1e6;
  return (
    <p class="muted about">
      Reads {height} × {width} pixels, {channels === 1 ? "grey" : `${channels} channels`}. Tells{" "}
      {info.classes.length} classes apart. {info.parameters.toLocaleString("en")} parameters
      {megabytes >= 1 && `: ${Math.round(megabytes)} MB, and about twice that while it answers`}.
    </p>
  );
}
