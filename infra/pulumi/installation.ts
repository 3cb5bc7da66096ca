import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Collector } from "./collector";
import { Dashboards } from "./dashboards";
import { Database } from "./database";
import { Redis } from "./redis";
import type { Settings } from "./settings";

export interface InstallationArgs {
  settings: Settings;
  /** The repository. */
  root: string;
}

/** FinObs whole: namespace, definitions, what the data plane stands on, the chart, and what looks at it. */
export class Installation extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: InstallationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("finobs:infra:Installation", name, {}, opts);
    const { settings, root } = args;
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { name: settings.namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted" } } },
      { parent: this },
    );
    this.namespace = namespace.metadata.name;
    const inside = { namespace: this.namespace };

    // Definitions outlive the application: with them every declared resource would go.
    const definitions = readdirSync(join(root, "crds"))
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => join(root, "crds", file));
    const crds = new k8s.yaml.v2.ConfigGroup(`${name}-definitions`, { files: definitions }, { parent: this, protect: true });

    const database = new Database(`${name}-database`, { ...inside, database: settings.database, root }, { parent: this });
    const redis = settings.redisPassword === undefined ? undefined : new Redis(`${name}-redis`, { ...inside, password: settings.redisPassword }, { parent: this });
    const collector = settings.collector === undefined ? undefined : new Collector(`${name}-collector`, { ...inside, ...settings.collector, root }, { parent: this });
    if (settings.dashboards) new Dashboards(`${name}-dashboards`, { ...inside, root }, { parent: this });
    const secret = (of: string, stringData: Record<string, pulumi.Input<string>>) => new k8s.core.v1.Secret(`${name}-${of}`, { metadata: { name: `finobs-${of}`, namespace: this.namespace }, stringData }, { parent: this }).metadata.name;
    const auditKeys = settings.auditKeys === undefined ? "" : secret("audit-keys", { "master-key": settings.auditKeys.master, "signing-key": settings.auditKeys.signing });
    const metricsKey = settings.metricsKey === undefined ? "" : secret("metrics-key", { "metrics-key": settings.metricsKey });

    new k8s.helm.v4.Chart(
      name,
      {
        chart: join(root, "charts/finobs"),
        namespace: this.namespace,
        values: {
          image: { registry: settings.imageRegistry, tag: settings.imageTag ?? "" },
          dataPlane: { replicas: settings.replicas, settings: settings.collector?.logsEndpoint === undefined ? { OTEL_LOGS_EXPORTER: "none" } : {} },
          database: { existingSecret: database.secretName, ownerKey: database.hasOwner ? "owner-connection-string" : "" },
          redis: { existingSecret: redis?.secretName ?? "" },
          auditKeys: { existingSecret: auditKeys },
          networkPolicy: { allowedNamespaces: settings.monitoringNamespace === undefined ? [] : [settings.monitoringNamespace] },
          // Prometheus fetches the metrics; by OTLP as well each would be there twice.
          telemetry: { otlpEndpoint: collector?.endpoint ?? "", otlpMetrics: false, podMonitor: settings.dashboards, metricsKeySecret: metricsKey },
        },
      },
      { parent: this, dependsOn: [crds, database, ...(redis === undefined ? [] : [redis])] },
    );
    this.url = pulumi.interpolate`http://finobs-data-plane.${this.namespace}.svc:8080`;
    this.registerOutputs({ namespace: this.namespace, url: this.url });
  }
}
