import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { connectionProblem, read, SettingsError } from "../settings";
import { configOf, valueOf } from "./mocks";
import { stack } from "./stacks";

function problemsOf(values: Record<string, string>): string[] {
  try {
    read(configOf(values));
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
}

for (const name of ["dev", "prod"] as const) {
  test(`the stack ${name} can be read once its secrets are set`, () => {
    assert.deepEqual(problemsOf(stack(name)), []);
  });
}

test("every problem is said at once, with what to do", () => {
  const problems = problemsOf({ replicas: "many", database: "sqlite", redis: "yes", namespace: "Big", imageTag: "latest" });
  for (const part of ["replicas", "imageRegistry is missing", "in-cluster or external", "write true or false", "lower-case", "name a version"]) {
    assert.ok(problems.some((problem) => problem.includes(part)), `${part}: ${problems.join("\n")}`);
  }
});

test("several replicas need keys in common", () => {
  const problems = problemsOf({ imageRegistry: "r", replicas: "2", databaseOwnerPassword: "a", databaseRuntimePassword: "b" });
  assert.equal(problems.length, 2);
  assert.ok(problems.every((problem) => problem.includes("pulumi config set --secret")));
});

test("a database across the network is verified", () => {
  assert.equal(connectionProblem("c", "Host=db;Username=u;SSL Mode=VerifyFull"), undefined);
  assert.equal(connectionProblem("c", "Server=db;SslMode=VerifyCA"), undefined);
  assert.match(connectionProblem("c", "Host=db;Username=u")!, /SSL Mode=VerifyFull/);
  assert.match(connectionProblem("c", "Host=db;SSL Mode=Require")!, /does not verify/);
  assert.match(connectionProblem("c", "postgres://u:p@db/finobs")!, /names no Host/);
});

test("secrets stay secrets", async () => {
  const settings = read(configOf(stack("prod")));
  assert.equal(settings.database.kind, "external");
  if (settings.database.kind !== "external") return;
  assert.equal(await pulumi.isSecret(settings.database.connectionString), true);
  assert.match(await valueOf(settings.database.connectionString), /^Host=/);
});
