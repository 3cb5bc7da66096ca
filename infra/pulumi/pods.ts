import type * as k8s from "@pulumi/kubernetes";

/** The restricted Pod Security Standard, as for the pods of the chart. */
export const restrictedPod = (user: number, group = user): k8s.types.input.core.v1.PodSecurityContext => ({
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: group,
  fsGroup: group,
  seccompProfile: { type: "RuntimeDefault" },
});

export const restrictedContainer: k8s.types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

export const labelsOf = (name: string): Record<string, string> => ({ "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "finobs", "app.kubernetes.io/managed-by": "pulumi" });

/** Versions that were chosen together; compose.yaml has the same. */
export const images = {
  postgres: "postgres:17.6",
  redis: "redis:7.4.5",
  collector: "otel/opentelemetry-collector-contrib:0.131.0",
};
