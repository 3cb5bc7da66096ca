import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { images, labelsOf, restrictedContainer, restrictedPod } from "./pods";

export interface CollectorArgs {
  namespace: pulumi.Input<string>;
  tracesEndpoint: string;
  logsEndpoint?: string;
  /** The repository. */
  root: string;
}

/** One collector with the committed configuration. One, because it judges whole traces. */
export class Collector extends pulumi.ComponentResource {
  readonly endpoint: pulumi.Output<string>;

  constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("finobs:infra:Collector", name, {}, opts);
    const { namespace } = args;
    const labels = labelsOf("finobs-collector");
    const metadata = { name: "finobs-collector", namespace, labels };
    const file = (path: string) => readFileSync(join(args.root, "deploy/otel-collector", path), "utf8");
    const account = new k8s.core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, { parent: this });
    this.mayReadPods(name, namespace, labels, account);
    const config = new k8s.core.v1.ConfigMap(
      `${name}-config`,
      { metadata: { ...metadata, name: "finobs-collector-config" }, data: { "config.yaml": file("config.yaml"), "kubernetes.yaml": file("kubernetes.yaml") } },
      { parent: this },
    );
    new k8s.apps.v1.Deployment(
      name,
      {
        metadata,
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              serviceAccountName: account.metadata.name,
              // It asks the API server which pod a span came from.
              automountServiceAccountToken: true,
              enableServiceLinks: false,
              securityContext: restrictedPod(10001),
              containers: [
                {
                  name: "collector",
                  image: images.collector,
                  args: ["--config=/etc/otelcol/config.yaml", "--config=/etc/otelcol/kubernetes.yaml"],
                  env: [
                    { name: "FINOBS_TRACES_ENDPOINT", value: args.tracesEndpoint },
                    ...(args.logsEndpoint === undefined ? [] : [{ name: "FINOBS_LOGS_ENDPOINT", value: args.logsEndpoint }]),
                  ],
                  ports: [
                    { name: "otlp-grpc", containerPort: 4317 },
                    { name: "otlp-http", containerPort: 4318 },
                    { name: "health", containerPort: 13133 },
                  ],
                  readinessProbe: { httpGet: { path: "/", port: "health" }, periodSeconds: 5 },
                  livenessProbe: { httpGet: { path: "/", port: "health" }, periodSeconds: 10, failureThreshold: 6 },
                  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
                  securityContext: restrictedContainer,
                  volumeMounts: [{ name: "config", mountPath: "/etc/otelcol", readOnly: true }],
                },
              ],
              volumes: [{ name: "config", configMap: { name: config.metadata.name } }],
            },
          },
        },
      },
      { parent: this },
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata,
        spec: {
          type: "ClusterIP",
          selector: labels,
          ports: [
            { name: "otlp-grpc", port: 4317, targetPort: "otlp-grpc" },
            { name: "otlp-http", port: 4318, targetPort: "otlp-http" },
          ],
        },
      },
      { parent: this },
    );
    this.endpoint = pulumi.interpolate`http://${service.metadata.name}.${namespace}.svc:4317`;
    this.registerOutputs({ endpoint: this.endpoint });
  }

  private mayReadPods(name: string, namespace: pulumi.Input<string>, labels: Record<string, string>, account: k8s.core.v1.ServiceAccount): void {
    const rules = [
      { apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["get", "list", "watch"] },
    ];
    const role = new k8s.rbac.v1.ClusterRole(`${name}-pods`, { metadata: { name: "finobs-collector", labels }, rules }, { parent: this });
    new k8s.rbac.v1.ClusterRoleBinding(
      `${name}-pods`,
      {
        metadata: { name: "finobs-collector", labels },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      { parent: this },
    );
  }
}
