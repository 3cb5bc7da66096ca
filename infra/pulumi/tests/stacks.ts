import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./mocks";

/** The committed configuration of a stack, with the secrets that its comment asks for. */
export function stack(name: "dev" | "prod"): Record<string, string> {
  const text = readFileSync(join(root, `infra/pulumi/Pulumi.${name}.yaml`), "utf8");
  const values = Object.fromEntries(Object.entries<string>(parse(text).config).map(([key, value]) => [key.replace("finobs:", ""), value]));
  for (const [, key] of text.matchAll(/^#\s+pulumi config set --secret finobs:(\w+)/gm)) values[key!] = key!.endsWith("onnectionString") ? "Host=db.example.com;Database=finobs;Username=u;Password=p;SSL Mode=VerifyFull" : "secret";
  return values;
}
