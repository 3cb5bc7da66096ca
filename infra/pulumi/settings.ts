import * as pulumi from "@pulumi/pulumi";

/** Where decisions are kept: in a PostgreSQL that this program makes, or in one of yours. */
export type Database =
  | { kind: "in-cluster"; ownerPassword: pulumi.Output<string>; runtimePassword: pulumi.Output<string>; storage: string; storageClass?: string }
  | { kind: "external"; connectionString: pulumi.Output<string>; ownerConnectionString?: pulumi.Output<string> };

/** Everything that a stack says. */
export interface Settings {
  namespace: string;
  imageRegistry: string;
  imageTag?: string;
  replicas: number;
  database: Database;
  redisPassword?: pulumi.Output<string>;
  /** Base64 of 32 random bytes each; needed for more than one replica. */
  auditKeys?: { master: pulumi.Output<string>; signing: pulumi.Output<string> };
  /** Where the collector sends traces, and logs if anywhere; undefined = no collector. */
  collector?: { tracesEndpoint: string; logsEndpoint?: string };
  dashboards: boolean;
  /** The key that Prometheus shows. */
  metricsKey?: pulumi.Output<string>;
  /** Whose pods may ask for metrics. */
  monitoringNamespace?: string;
}

/** What of a stack cannot be; all of it at once. */
export class SettingsError extends Error {
  constructor(readonly problems: string[]) {
    super(`The stack's configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

const Name = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const Quantity = /^[1-9]\d*(Mi|Gi|Ti)$/;

/** Reads the configuration of a stack. */
export function read(config: pulumi.Config): Settings {
  const problems: string[] = [];
  const secret = (key: string, why: string): pulumi.Output<string> => {
    const value = config.getSecret(key);
    if (value === undefined) problems.push(`finobs:${key} is missing: ${why}. Set it with pulumi config set --secret finobs:${key} …`);
    return value ?? pulumi.output("");
  };
  const flag = (key: string): boolean => {
    const value = config.get(key) ?? "false";
    if (value !== "true" && value !== "false") problems.push(`finobs:${key} is "${value}": write true or false.`);
    return value === "true";
  };
  const text = (key: string, ifNone: string, form: RegExp, says: string): string => {
    const value = config.get(key) ?? ifNone;
    if (!form.test(value)) problems.push(`finobs:${key} is "${value}": ${says}.`);
    return value;
  };

  const replicas = Number(config.get("replicas") ?? "1");
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > 50) problems.push(`finobs:replicas is "${config.get("replicas")}": write a whole number from 1 to 50.`);
  const imageRegistry = config.get("imageRegistry") ?? "";
  if (imageRegistry === "") problems.push("finobs:imageRegistry is missing: where `make images` has pushed to, e.g. registry.example.com/finobs.");

  const namespace = text("namespace", "finobs-system", Name, "a namespace has lower-case letters, digits and hyphens");
  const database = readDatabase(config, secret, text, problems);
  const redisPassword = flag("redis") ? secret("redisPassword", "Redis is asked for, and holds account statistics") : undefined;
  const logsEndpoint = config.get("logsEndpoint");
  const collector = flag("collector") ? { tracesEndpoint: config.get("tracesEndpoint") ?? "tempo:4317", ...(logsEndpoint === undefined ? {} : { logsEndpoint }) } : undefined;
  const hasKeys = config.getSecret("auditMasterKey") !== undefined || config.getSecret("auditSigningKey") !== undefined;
  const auditKeys =
    replicas > 1 || hasKeys
      ? { master: secret("auditMasterKey", "replicas encrypt with one key"), signing: secret("auditSigningKey", "replicas sign with one key") }
      : undefined;
  const settings: Settings = { namespace, imageRegistry, replicas, database, dashboards: flag("dashboards") };
  const imageTag = config.get("imageTag");
  if (imageTag === "latest") problems.push("finobs:imageTag is \"latest\": name a version, or nobody can say later what ran.");
  if (imageTag !== undefined) settings.imageTag = imageTag;
  if (redisPassword !== undefined) settings.redisPassword = redisPassword;
  if (auditKeys !== undefined) settings.auditKeys = auditKeys;
  if (collector !== undefined) settings.collector = collector;
  const metricsKey = config.getSecret("metricsKey");
  if (metricsKey !== undefined) settings.metricsKey = metricsKey;
  const monitoringNamespace = config.get("monitoringNamespace");
  if (monitoringNamespace !== undefined) settings.monitoringNamespace = monitoringNamespace;
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function readDatabase(
  config: pulumi.Config,
  secret: (key: string, why: string) => pulumi.Output<string>,
  text: (key: string, ifNone: string, form: RegExp, says: string) => string,
  problems: string[],
): Database {
  const kind = config.get("database") ?? "in-cluster";
  if (kind === "external") {
    const connectionString = checked("connectionString", secret("connectionString", "the database is external"));
    const owner = config.getSecret("ownerConnectionString");
    return owner === undefined ? { kind, connectionString } : { kind, connectionString, ownerConnectionString: checked("ownerConnectionString", owner) };
  }
  if (kind !== "in-cluster") problems.push(`finobs:database is "${kind}": write in-cluster or external.`);
  const storageClass = config.get("databaseStorageClass");
  return {
    kind: "in-cluster",
    ownerPassword: secret("databaseOwnerPassword", "the role that owns the tables"),
    runtimePassword: secret("databaseRuntimePassword", "the role that serves requests"),
    storage: text("databaseStorage", "20Gi", Quantity, "write a size such as 20Gi"),
    ...(storageClass === undefined ? {} : { storageClass }),
  };
}

/** A database across a network is spoken to by TLS, or not at all. */
export function connectionProblem(key: string, connectionString: string): string | undefined {
  const parts = new Map(
    connectionString
      .split(";")
      .filter((part) => part.includes("="))
      .map((part) => [part.slice(0, part.indexOf("=")).trim().toLowerCase().replaceAll(" ", ""), part.slice(part.indexOf("=") + 1).trim()]),
  );
  if (!parts.has("host") && !parts.has("server")) return `finobs:${key} names no Host: write Host=…;Database=…;Username=…;Password=…;SSL Mode=VerifyFull.`;
  const mode = (parts.get("sslmode") ?? "").toLowerCase();
  return ["verifyfull", "verifyca"].includes(mode) ? undefined : `finobs:${key} does not verify the server: add SSL Mode=VerifyFull.`;
}

function checked(key: string, connectionString: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.secret(
    connectionString.apply((value) => {
      // What is missing has been said already.
      const problem = value === "" ? undefined : connectionProblem(key, value);
      if (problem !== undefined) throw new SettingsError([problem]);
      return value;
    }),
  );
}
