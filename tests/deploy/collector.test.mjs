import assert from "node:assert/strict";
import { test } from "node:test";
import { yaml } from "./files.mjs";

const folder = "deploy/otel-collector";
const base = yaml(`${folder}/config.yaml`);
const kinds = ["receivers", "processors", "exporters"];

// As the collector lays files over each other: maps are merged, everything else is replaced.
function laidOver(under, over) {
  if (typeof under !== "object" || typeof over !== "object" || Array.isArray(under) || Array.isArray(over) || !under || !over) return over;
  return Object.fromEntries([...new Set([...Object.keys(under), ...Object.keys(over)])].map((key) => [key, key in over ? (key in under ? laidOver(under[key], over[key]) : over[key]) : under[key]]));
}

const configurations = {
  "config.yaml": base,
  "with grafana-cloud.yaml": laidOver(base, yaml(`${folder}/grafana-cloud.yaml`)),
  "with kubernetes.yaml": laidOver(base, yaml(`${folder}/kubernetes.yaml`)),
};

for (const [name, configuration] of Object.entries(configurations)) {
  test(`${name}: pipelines use what is declared, and in the order that loses nothing`, () => {
    for (const [signal, pipeline] of Object.entries(configuration.service.pipelines)) {
      for (const kind of kinds) {
        for (const component of pipeline[kind]) assert.ok(component in configuration[kind], `${signal}: ${component}`);
      }
      assert.equal(pipeline.processors[0], "memory_limiter", signal);
      assert.equal(pipeline.processors.at(-1), "batch", signal);
      if (signal !== "metrics") assert.ok(pipeline.processors.includes("redaction"), `${signal} is cleaned`);
    }
    for (const extension of configuration.service.extensions) assert.ok(extension in configuration.extensions, extension);
  });

  test(`${name}: what was flagged, failed or slow is kept`, () => {
    const { traces } = configuration.service.pipelines;
    assert.ok(traces.processors.indexOf("redaction") < traces.processors.indexOf("tail_sampling"));
    const policies = Object.fromEntries(configuration.processors.tail_sampling.policies.map((policy) => [policy.name, policy]));
    assert.deepEqual(policies.flagged.numeric_attribute.key, "finobs.flagged");
    assert.equal(policies.flagged.numeric_attribute.min_value, 1);
    assert.deepEqual(policies.failed.status_code.status_codes, ["ERROR"]);
    assert.equal(policies.slow.type, "latency");
  });
}

test("every declared component is used somewhere", () => {
  const pipelines = Object.values(configurations).flatMap((configuration) => Object.values(configuration.service.pipelines));
  for (const kind of kinds) {
    const used = new Set(pipelines.flatMap((pipeline) => pipeline[kind]));
    for (const name of Object.values(configurations).flatMap((configuration) => Object.keys(configuration[kind]))) assert.ok(used.has(name), name);
  }
});

test("what is blocked is what it says, and ids and amounts are not", () => {
  const patterns = base.processors.redaction.blocked_values.map((pattern) => new RegExp(pattern));
  const blocked = (value) => patterns.some((pattern) => pattern.test(value));
  for (const value of ["4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "ana@example.com", "078-05-1120"]) assert.ok(blocked(value), value);
  for (const value of ["01a20ae0-ca74-7000-800c-cf1f4aea10f9", "a7055f75350fe300f79d806e3c37b10f", "finobs-built-in@1.0.0", "9800.00"]) assert.ok(!blocked(value), value);
});
