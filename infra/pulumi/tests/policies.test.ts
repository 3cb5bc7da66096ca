import assert from "node:assert/strict";
import { test } from "node:test";
import { noPrivilegedPods, noPublicServices, pinnedImages, requestsAndLimits, tokensWhereNeeded, type Asked } from "../policies";

// A policy that finds nothing where everything is right may find nothing at all: each is shown what it is for.
const good = () => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "good",
  inputs: {
    spec: {
      template: {
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "c",
              image: "registry.example.com/c:1.2.3",
              resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
            },
          ],
        },
      },
    },
  },
});
const bad = (change: (pod: any, container: any) => void): Asked => {
  const resource: any = good();
  change(resource.inputs.spec.template.spec, resource.inputs.spec.template.spec.containers[0]);
  return resource;
};

test("what is right passes", () => {
  for (const policy of [noPrivilegedPods, requestsAndLimits, noPublicServices, pinnedImages, tokensWhereNeeded]) assert.deepEqual(policy(good()), []);
});

test("pods with more rights than they need are found", () => {
  const changes: [(pod: any, container: any) => void, RegExp][] = [
    [(pod) => delete pod.securityContext.runAsNonRoot, /root/],
    [(pod) => (pod.hostNetwork = true), /hostNetwork/],
    [(pod) => (pod.volumes = [{ hostPath: { path: "/" } }]), /of the host/],
    [(_, container) => (container.securityContext.privileged = true), /privileged/],
    [(_, container) => delete container.securityContext.allowPrivilegeEscalation, /gain rights/],
    [(_, container) => (container.securityContext.readOnlyRootFilesystem = false), /write its root/],
    [(_, container) => (container.securityContext.capabilities = { drop: ["ALL"], add: ["NET_ADMIN"] }), /capabilities/],
    [(pod) => (pod.initContainers = [{ name: "i" }]), /i may gain rights/],
  ];
  for (const [change, says] of changes) assert.match(noPrivilegedPods(bad(change)).join(), says);
});

test("missing requests and limits, floating images, needless tokens and open services are found", () => {
  assert.equal(requestsAndLimits(bad((_, container) => delete container.resources)).length, 3);
  for (const image of ["c", "c:latest", "c:main"]) assert.equal(pinnedImages(bad((_, container) => (container.image = image))).length, 1, image);
  assert.equal(tokensWhereNeeded(bad((pod) => delete pod.automountServiceAccountToken)).length, 1);
  for (const type of ["NodePort", "LoadBalancer"]) assert.equal(noPublicServices({ type: "kubernetes:core/v1:Service", name: "s", inputs: { spec: { type } } }).length, 1, type);
});
