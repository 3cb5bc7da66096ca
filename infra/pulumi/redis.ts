import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { images, labelsOf, restrictedContainer, restrictedPod } from "./pods";

export interface RedisArgs {
  namespace: pulumi.Input<string>;
  password: pulumi.Output<string>;
}

/** What replicas tell each other by. It keeps nothing, and needs no volume. */
export class Redis extends pulumi.ComponentResource {
  readonly secretName: pulumi.Output<string>;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("finobs:infra:Redis", name, {}, opts);
    const { namespace, password } = args;
    const labels = labelsOf("finobs-redis");
    const metadata = { name: "finobs-redis", namespace, labels };
    const secret = new k8s.core.v1.Secret(
      `${name}-connection`,
      { metadata, stringData: { password, "connection-string": pulumi.secret(pulumi.interpolate`finobs-redis:6379,password=${password}`) } },
      { parent: this },
    );
    this.secretName = secret.metadata.name;
    new k8s.core.v1.Service(`${name}-service`, { metadata, spec: { type: "ClusterIP", selector: labels, ports: [{ name: "redis", port: 6379, targetPort: "redis" }] } }, { parent: this });
    new k8s.networking.v1.NetworkPolicy(
      `${name}-fence`,
      {
        metadata,
        spec: {
          podSelector: { matchLabels: labels },
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "finobs-data-plane" } } }], ports: [{ port: "redis", protocol: "TCP" }] }],
          egress: [],
        },
      },
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
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              securityContext: restrictedPod(999),
              containers: [
                {
                  name: "redis",
                  image: images.redis,
                  // The password is in a file, not in the list of processes.
                  command: ["sh", "-c", 'printf "requirepass %s\\nsave \\"\\"\\nappendonly no\\n" "$REDISCLI_AUTH" > /tmp/redis.conf && exec redis-server /tmp/redis.conf'],
                  env: [{ name: "REDISCLI_AUTH", valueFrom: { secretKeyRef: { name: secret.metadata.name, key: "password" } } }],
                  ports: [{ name: "redis", containerPort: 6379 }],
                  readinessProbe: { exec: { command: ["redis-cli", "ping"] }, periodSeconds: 5 },
                  livenessProbe: { tcpSocket: { port: "redis" }, periodSeconds: 10, failureThreshold: 6 },
                  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
                  securityContext: restrictedContainer,
                  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
                },
              ],
              volumes: [{ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } }],
            },
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({ secretName: this.secretName });
  }
}
