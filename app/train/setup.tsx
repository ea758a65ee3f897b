import { isModelName, type ModelName, models } from "convnets";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { change, settings, testsOften } from "./choice.ts";
import { Choice, NumberField, RateField } from "./fields.tsx";
import { quick } from "./recipes.ts";
import { augmentNames, type DataSource, oneOf, optimizerNames, scheduleNames } from "./settings.ts";
import { StartFrom } from "./start.tsx";

const dataNames: Readonly<Record<DataSource, string>> = {
  digits: "Handwritten digits",
  pictures: "My pictures",
};

const others = Object.keys(models)
  .filter(isModelName)
  .filter((name) => !quick.includes(name));

/** Which network learns from which pictures. */
export function What(): JSX.Element {
  const { model, data } = settings.value;
  const id = useId();
  return (
    <div class="what">
      <div class="field">
        <label for={id}>Network</label>
        <select
          id={id}
          value={model}
          onChange={({ currentTarget }) => {
            const name = oneOf(currentTarget.value, models);
            if (name !== undefined) change({ model: name });
          }}
        >
          <optgroup label="Learn while one looks on">
            <Models names={quick} />
          </optgroup>
          <optgroup label="All networks">
            <Models names={others} />
          </optgroup>
        </select>
      </div>
      <Choice label="Data" value={data} names={dataNames} onChoice={(data) => change({ data })} />
      <StartFrom />
    </div>
  );
}

function Models({ names }: { readonly names: readonly ModelName[] }): JSX.Element {
  return (
    <>
      {names.map((name) => (
        <option key={name} value={name}>
          {name} ({models[name].year})
        </option>
      ))}
    </>
  );
}

/** How it learns. */
export function How(): JSX.Element {
  const { optimizer, schedule, augment, data } = settings.value;
  return (
    <section class="card how" aria-labelledby="how">
      <h2 id="how">How it learns</h2>
      <div class="fields">
        <NumberField name="epochs" />
        <NumberField name="batch" />
        <RateField />
        <Choice
          label="Optimizer"
          value={optimizer}
          names={optimizerNames}
          onChoice={(optimizer) => change({ optimizer })}
        />
        <Choice
          label="Schedule"
          value={schedule}
          names={scheduleNames}
          onChoice={(schedule) => change({ schedule })}
        />
        <Choice
          label="Augmentation"
          value={augment}
          names={augmentNames}
          onChoice={(augment) => change({ augment })}
        />
      </div>
      <details>
        <summary>More options</summary>
        <div class="fields">
          <NumberField name="pictures" hint={data === "digits" ? "0 for all 9,000" : "0 for all"} />
          <NumberField name="size" hint="In pixels; 0 fits the pictures" />
          <NumberField name="weightDecay" />
          <NumberField name="labelSmoothing" />
          <NumberField name="seed" />
          <NumberField name="threads" hint="0 leaves a core to the page" />
          <label class="check">
            <input
              type="checkbox"
              checked={testsOften.value}
              onChange={({ currentTarget }) => {
                testsOften.value = currentTarget.checked;
              }}
            />
            Test on 200 held-out pictures within epochs
          </label>
        </div>
      </details>
    </section>
  );
}
