import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { images, labelsOf, restrictedContainer, restrictedPod } from "./pods";
import type { Database as DatabaseSettings } from "./settings";

export interface DatabaseArgs {
  namespace: pulumi.Input<string>;
  database: DatabaseSettings;
  /** The repository. */
  root: string;
}

/** A Secret with the connection strings that the chart wants, and, where nobody brings a PostgreSQL, that PostgreSQL: one pod, reached by the data plane alone. */
export class Database extends pulumi.ComponentResource {
  readonly secretName: pulumi.Output<string>;
  readonly hasOwner: boolean;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("finobs:infra:Database", name, {}, opts);
    const { database, namespace } = args;
    const strings = database.kind === "external" ? external(database) : inCluster(database);
    this.hasOwner = "owner-connection-string" in strings;
    const secret = new k8s.core.v1.Secret(`${name}-connection`, { metadata: { name: "finobs-database", namespace }, stringData: strings }, { parent: this });
    this.secretName = secret.metadata.name;
    if (database.kind === "in-cluster") this.run(name, namespace, database, args.root);
    this.registerOutputs({ secretName: this.secretName });
  }

  private run(name: string, namespace: pulumi.Input<string>, database: Extract<DatabaseSettings, { kind: "in-cluster" }>, root: string): void {
    const labels = labelsOf("finobs-postgres");
    const metadata = { name: "finobs-postgres", namespace, labels };
    const passwords = new k8s.core.v1.Secret(
      `${name}-passwords`,
      { metadata: { name: "finobs-postgres", namespace, labels }, stringData: { owner: database.ownerPassword, runtime: database.runtimePassword } },
      { parent: this },
    );
    const roles = new k8s.core.v1.ConfigMap(
      `${name}-roles`,
      { metadata: { name: "finobs-postgres-roles", namespace, labels }, data: { "10-runtime-role.sh": readFileSync(join(root, "deploy/postgres/10-runtime-role.sh"), "utf8") } },
      { parent: this },
    );
    new k8s.core.v1.Service(`${name}-service`, { metadata, spec: { type: "ClusterIP", selector: labels, ports: [{ name: "postgres", port: 5432, targetPort: "postgres" }] } }, { parent: this });
    new k8s.networking.v1.NetworkPolicy(
      `${name}-fence`,
      {
        metadata,
        spec: {
          podSelector: { matchLabels: labels },
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from: [{ podSelector: { matchLabels: { "app.kubernetes.io/name": "finobs-data-plane" } } }], ports: [{ port: "postgres", protocol: "TCP" }] }],
          egress: [],
        },
      },
      { parent: this },
    );
    const password = (key: string) => ({ valueFrom: { secretKeyRef: { name: passwords.metadata.name, key } } });
    new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata,
        spec: {
          replicas: 1,
          serviceName: "finobs-postgres",
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              enableServiceLinks: false,
              securityContext: restrictedPod(999),
              containers: [
                {
                  name: "postgres",
                  image: images.postgres,
                  env: [
                    { name: "POSTGRES_USER", value: "finobs_owner" },
                    { name: "POSTGRES_DB", value: "finobs" },
                    { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
                    { name: "POSTGRES_PASSWORD", ...password("owner") },
                    { name: "FINOBS_RUNTIME_PASSWORD", ...password("runtime") },
                  ],
                  ports: [{ name: "postgres", containerPort: 5432 }],
                  readinessProbe: { exec: { command: ["pg_isready", "-h", "127.0.0.1", "-U", "finobs_owner", "-d", "finobs"] }, periodSeconds: 5 },
                  livenessProbe: { tcpSocket: { port: "postgres" }, periodSeconds: 10, failureThreshold: 6 },
                  resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
                  securityContext: restrictedContainer,
                  volumeMounts: [
                    { name: "data", mountPath: "/var/lib/postgresql/data" },
                    { name: "run", mountPath: "/var/run/postgresql" },
                    { name: "tmp", mountPath: "/tmp" },
                    { name: "roles", mountPath: "/docker-entrypoint-initdb.d", readOnly: true },
                  ],
                },
              ],
              volumes: [
                { name: "run", emptyDir: { sizeLimit: "16Mi" } },
                { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
                { name: "roles", configMap: { name: roles.metadata.name, defaultMode: 0o555 } },
              ],
            },
          },
          volumeClaimTemplates: [
            {
              metadata: { name: "data" },
              spec: {
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: database.storage } },
                ...(database.storageClass === undefined ? {} : { storageClassName: database.storageClass }),
              },
            },
          ],
        },
      },
      // The volume holds every decision: to be taken away by hand only.
      { parent: this, protect: true },
    );
  }
}

type ConnectionStrings = Record<string, pulumi.Input<string>>;

function external(database: Extract<DatabaseSettings, { kind: "external" }>): ConnectionStrings {
  return { "connection-string": database.connectionString, ...(database.ownerConnectionString === undefined ? {} : { "owner-connection-string": database.ownerConnectionString }) };
}

function inCluster(database: Extract<DatabaseSettings, { kind: "in-cluster" }>): ConnectionStrings {
  // Quoted as Npgsql reads it: a password may hold any character.
  const of = (user: string, password: pulumi.Output<string>) => pulumi.secret(password.apply((value) => `Host=finobs-postgres;Database=finobs;Username=${user};Password="${value.replaceAll('"', '""')}"`));
  return { "connection-string": of("finobs_runtime", database.runtimePassword), "owner-connection-string": of("finobs_owner", database.ownerPassword) };
}
