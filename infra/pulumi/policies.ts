/** A resource as it is asked for. */
export interface Asked {
  type: string;
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  inputs: any;
}

/** What must hold of every resource, whoever adds it: each rule gives a sentence for what breaks it. */
export type Policy = (resource: Asked) => string[];

const Workloads = ["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DaemonSet", "kubernetes:batch/v1:Job"];

const podOf = (resource: Asked) => (Workloads.includes(resource.type) ? resource.inputs.spec?.template?.spec : resource.type === "kubernetes:core/v1:Pod" ? resource.inputs.spec : undefined);
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const containersOf = (resource: Asked): any[] => {
  const pod = podOf(resource);
  return pod === undefined ? [] : [...(pod.initContainers ?? []), ...(pod.containers ?? [])];
};

/** The restricted Pod Security Standard, and nothing of the host. */
export const noPrivilegedPods: Policy = (resource) => {
  const pod = podOf(resource);
  if (pod === undefined) return [];
  const said: string[] = [];
  if (pod.securityContext?.runAsNonRoot !== true) said.push("may run as root");
  if (pod.securityContext?.seccompProfile?.type !== "RuntimeDefault") said.push("has no seccomp profile");
  for (const part of ["hostNetwork", "hostPID", "hostIPC"]) if (pod[part] === true) said.push(`has ${part}`);
  for (const volume of pod.volumes ?? []) if (volume.hostPath !== undefined) said.push(`mounts ${volume.hostPath.path} of the host`);
  for (const container of containersOf(resource)) {
    const context = container.securityContext ?? {};
    if (context.privileged === true) said.push(`${container.name} is privileged`);
    if (context.allowPrivilegeEscalation !== false) said.push(`${container.name} may gain rights`);
    if (context.readOnlyRootFilesystem !== true) said.push(`${container.name} may write its root`);
    if (!(context.capabilities?.drop ?? []).includes("ALL") || (context.capabilities?.add ?? []).length > 0) said.push(`${container.name} keeps capabilities`);
  }
  return said;
};

/** What a pod is given, and the most memory that it gets. A limit of CPU is not asked for: it slows what has room to run. */
export const requestsAndLimits: Policy = (resource) =>
  containersOf(resource).flatMap((container) => [
    ...(container.resources?.requests?.cpu === undefined ? [`${container.name} asks for no CPU`] : []),
    ...(container.resources?.requests?.memory === undefined ? [`${container.name} asks for no memory`] : []),
    ...(container.resources?.limits?.memory === undefined ? [`${container.name} has no limit of memory`] : []),
  ]);

/** Nothing is reached from outside of the cluster, a database least. */
export const noPublicServices: Policy = (resource) => {
  if (resource.type === "kubernetes:networking.k8s.io/v1:Ingress" && /postgres|redis/.test(JSON.stringify(resource.inputs))) return ["leads to a database"];
  if (resource.type !== "kubernetes:core/v1:Service") return [];
  const { type = "ClusterIP", externalIPs = [] } = resource.inputs.spec ?? {};
  return type === "ClusterIP" && externalIPs.length === 0 ? [] : [`is open to the outside (${type})`];
};

/** A version, and not "latest": what ran can be said later. */
export const pinnedImages: Policy = (resource) =>
  containersOf(resource)
    .filter((container) => !/(:v?\d+\.\d+[\w.-]*|@sha256:[0-9a-f]{64})$/.test(container.image ?? ""))
    .map((container) => `${container.name} has the image ${container.image}`);

/** Whoever needs no token of the API server has none. */
export const tokensWhereNeeded: Policy = (resource) => {
  const pod = podOf(resource);
  if (pod === undefined || pod.automountServiceAccountToken === false) return [];
  return pod.serviceAccountName === undefined ? ["has a token of the API server and no account of its own"] : [];
};

export const policies: Record<string, Policy> = { noPrivilegedPods, requestsAndLimits, noPublicServices, pinnedImages, tokensWhereNeeded };

/** Every sentence about every resource. */
export const violations = (resources: Asked[]): string[] =>
  resources.flatMap((resource) => Object.entries(policies).flatMap(([name, policy]) => policy(resource).map((said) => `${name}: ${resource.type} ${resource.name} ${said}`)));
