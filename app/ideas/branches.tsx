import type { JSX } from "preact";
import { type Split, splitLimits } from "./inception.ts";
import type { Limits } from "./query.ts";

interface BranchesProps {
  readonly split: Split;
  /** Without the 1x1 reductions. */
  readonly naive: boolean;
  readonly channels: number;
  readonly onChange: (part: Partial<Split>) => void;
}

/** The block as a drawing from top to bottom, in whose boxes the channels can be changed. */
export function BlockDrawing({ split, naive, channels, onChange }: BranchesProps): JSX.Element {
  const { from, side } = split;
  const shape = (c: number) => `${side}×${side}×${c}`;
  const box = (name: Exclude<keyof Split, "from" | "side">, title: string, label: string) => (
    <Box title={title}>
      <Channels
        label={label}
        value={split[name]}
        limits={splitLimits.channels}
        onChange={(value) => onChange({ [name]: value })}
      />
    </Box>
  );
  return (
    <fieldset class="block" aria-label="Channels of the block">
      <div class="step wide">
        <span class="kind">input</span>
        <div class="named">
          <span aria-hidden="true">side, pixels</span>
          <Channels
            label="Side of the maps, pixels"
            value={side}
            limits={splitLimits.side}
            onChange={(value) => onChange({ side: value })}
          />
        </div>
        <div class="named">
          <span aria-hidden="true">channels</span>
          <Channels
            label="Channels of the input"
            value={from}
            limits={splitLimits.from}
            onChange={(value) => onChange({ from: value })}
          />
        </div>
      </div>
      <Arrow shape={shape(from)} />
      <Arrow shape={shape(from)} />
      <Arrow shape={shape(from)} />
      <Arrow shape={shape(from)} />

      <Passage />
      {naive ? <Passage /> : box("threeReduce", "1×1", "3×3 branch, reduced to channels")}
      {naive ? <Passage /> : box("fiveReduce", "1×1", "5×5 branch, reduced to channels")}
      <Box title="3×3 max pool">
        <span class="muted">stride 1</span>
      </Box>

      <Passage />
      {naive ? <Passage /> : <Arrow shape={shape(split.threeReduce)} />}
      {naive ? <Passage /> : <Arrow shape={shape(split.fiveReduce)} />}
      <Arrow shape={shape(from)} />

      {box("one", "1×1", "1×1 branch, channels")}
      {box("three", "3×3", "3×3 branch, channels")}
      {box("five", "5×5", "5×5 branch, channels")}
      {naive ? <Passage /> : box("pooled", "1×1", "Pooling branch, projected to channels")}

      <Arrow shape={shape(split.one)} />
      <Arrow shape={shape(split.three)} />
      <Arrow shape={shape(split.five)} />
      <Arrow shape={shape(naive ? from : split.pooled)} />
      <div class="step wide">
        <span class="kind">output</span>
        <strong>{shape(channels)}</strong>
        <span class="muted">branches stacked by channel</span>
      </div>
    </fieldset>
  );
}

function Box({ title, children }: { readonly title: string; readonly children: JSX.Element }): JSX.Element {
  return (
    <div class="step">
      <span class="kind">{title}</span>
      {children}
    </div>
  );
}

/** A line with what flows along it. */
function Arrow({ shape }: { readonly shape: string }): JSX.Element {
  return (
    <div class="arrow">
      <span>{shape}</span>
    </div>
  );
}

/** A line past what other branches do. */
function Passage(): JSX.Element {
  return <div class="arrow passage" />;
}

interface ChannelsProps {
  readonly label: string;
  readonly value: number;
  readonly limits: Limits;
  readonly onChange: (value: number) => void;
}

function Channels({ label, value, limits: [least, most], onChange }: ChannelsProps): JSX.Element {
  return (
    <input
      type="number"
      aria-label={label}
      min={least}
      max={most}
      value={value}
      onInput={({ currentTarget: { valueAsNumber } }) => {
        if (Number.isInteger(valueAsNumber) && valueAsNumber >= least && valueAsNumber <= most)
          onChange(valueAsNumber);
      }}
      onChange={({ currentTarget }) => {
        // What was typed may lie outside of the limits, or be no number.
        currentTarget.value = `${value}`;
      }}
    />
  );
}
