import assert from "node:assert/strict";
import { test } from "node:test";
import { Installation } from "../installation";
import { images } from "../pods";
import { violations, type Asked } from "../policies";
import { read } from "../settings";
import { configOf, resourcesOf, root } from "./mocks";
import { stack } from "./stacks";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const make = (values: Record<string, string>) => resourcesOf(() => void new Installation("finobs", { settings: read(configOf(values)), root }));
const of = (resources: Asked[], type: string) => resources.filter((resource) => resource.type === type);
const chart = (resources: Asked[]) => of(resources, "kubernetes:helm.sh/v4:Chart")[0]!.inputs;

for (const name of ["dev", "prod"] as const) {
  test(`${name} breaks no policy`, async () => {
    const resources = await make(stack(name));
    assert.ok(resources.length > 15, `only ${resources.length} resources`);
    assert.deepEqual(violations(resources), []);
  });

  test(`${name} puts everything into its namespace, under the restricted standard`, async () => {
    const resources = await make(stack(name));
    const [namespace] = of(resources, "kubernetes:core/v1:Namespace");
    assert.equal(namespace!.inputs.metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
    const elsewhere = resources.filter((resource) => resource.inputs?.metadata !== undefined && resource.inputs.metadata.namespace !== "finobs-system");
    assert.deepEqual(
      elsewhere.map((resource) => resource.type).sort(),
      ["kubernetes:core/v1:Namespace", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"],
    );
  });
}

test("dev has a database that only the data plane reaches, and two roles", async () => {
  const resources = await make(stack("dev"));
  assert.equal(of(resources, "kubernetes:apps/v1:StatefulSet").length, 1);
  const fence = of(resources, "kubernetes:networking.k8s.io/v1:NetworkPolicy").find((policy) => policy.inputs.metadata.name === "finobs-postgres");
  assert.deepEqual(fence!.inputs.spec.ingress[0].from, [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "finobs-data-plane" } } }]);
  assert.equal(chart(resources).values.database.ownerKey, "owner-connection-string");
  assert.equal(chart(resources).values.dataPlane.replicas, 1);
  assert.equal(chart(resources).values.redis.existingSecret, "");
});

test("prod makes no database, and tells the chart of yours", async () => {
  const resources = await make(stack("prod"));
  assert.equal(of(resources, "kubernetes:apps/v1:StatefulSet").length, 0);
  const { values } = chart(resources);
  assert.deepEqual(values.dataPlane, { replicas: 3, settings: { OTEL_LOGS_EXPORTER: "none" } });
  assert.deepEqual(values.database, { existingSecret: "finobs-database", ownerKey: "owner-connection-string" });
  assert.deepEqual([values.redis.existingSecret, values.auditKeys.existingSecret, values.telemetry.metricsKeySecret], ["finobs-redis", "finobs-audit-keys", "finobs-metrics-key"]);
  assert.deepEqual(values.networkPolicy.allowedNamespaces, ["observability"]);
  assert.equal(values.telemetry.otlpEndpoint, "http://finobs-collector.finobs-system.svc:4317");
});

test("every value that is set is one of the chart's", async () => {
  const schema = JSON.parse(readFileSync(join(root, "charts/finobs/values.schema.json"), "utf8"));
  const unknown = (values: Record<string, unknown>, known: Record<string, any>, path: string): string[] =>
    Object.entries(values).flatMap(([key, value]) => {
      const found = known?.properties?.[key];
      if (found === undefined) return [`${path}${key}`];
      return value !== null && typeof value === "object" && !Array.isArray(value) && found.properties !== undefined ? unknown(value as Record<string, unknown>, found, `${path}${key}.`) : [];
    });
  assert.deepEqual(unknown(chart(await make(stack("prod"))).values, schema, ""), []);
});

test("dashboards and alerts are the committed ones", async () => {
  const resources = await make(stack("dev"));
  const dashboards = of(resources, "kubernetes:core/v1:ConfigMap").filter((map) => map.inputs.metadata.labels.grafana_dashboard === "1");
  assert.deepEqual(dashboards.flatMap((map) => Object.keys(map.inputs.data)), ["finobs.json", "models.json", "operator.json"]);
  const [rules] = of(resources, "kubernetes:monitoring.coreos.com/v1:PrometheusRule");
  assert.ok(rules!.inputs.spec.groups.length > 3);
});

test("images are those of compose.yaml", () => {
  const compose = readFileSync(join(root, "compose.yaml"), "utf8");
  for (const image of Object.values(images)) assert.ok(compose.includes(`image: ${image}`), image);
});
