import { useSignalEffect } from "@preact/signals";
import { models } from "convnets";
import type { JSX } from "preact";
import { OwnPictures } from "../pictures/ownPictures.tsx";
import { settings, tellAddress } from "./choice.ts";
import { Comparison } from "./comparison.tsx";
import { Controls } from "./controls.tsx";
import { Curves, Epochs } from "./curves.tsx";
import { Forecast } from "./forecast.tsx";
import { Handover } from "./handover.tsx";
import { Insight } from "./insight.tsx";
import { OutcomeView } from "./outcomeView.tsx";
import { HeldOut, Progress, Trouble } from "./progress.tsx";
import { Reproduction } from "./reproduction.tsx";
import { How, What } from "./setup.tsx";
import { Kept } from "./start.tsx";
import "./train.css";

/** Teaches a network, here. */
export function Train(): JSX.Element {
  useSignalEffect(tellAddress);
  return (
    <div class="stack train">
      <section class="card stack" id="what" tabIndex={-1} aria-label="What to train">
        <div class="top-row">
          <What />
          <Controls />
        </div>
        <About />
        <Forecast />
        <Trouble />
      </section>
      {settings.value.data === "pictures" && (
        <section class="card stack" aria-labelledby="own">
          <h2 id="own">My pictures</h2>
          <OwnPictures />
        </section>
      )}
      <div class="learning">
        <div class="stack how-column">
          <How />
          <Reproduction />
        </div>
        <div class="stack">
          <section class="card stack" aria-labelledby="learning">
            <h2 id="learning">How it goes</h2>
            <HeldOut />
            <Progress />
            <div class="curves">
              <Curves />
            </div>
            <Epochs />
          </section>
          <Insight />
        </div>
      </div>
      <Handover />
      <OutcomeView />
      <Comparison />
      <Kept />
    </div>
  );
}

function About(): JSX.Element {
  const { about, paper } = models[settings.value.model];
  return (
    <p class="described">
      {about}. <a href={paper.url}>{paper.title}</a>
    </p>
  );
}
