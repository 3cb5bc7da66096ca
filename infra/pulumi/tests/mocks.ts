import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Asked } from "../policies";

/** The repository; compiled, this file lies in infra/pulumi/bin/tests. */
export const root = resolve(__dirname, "../../../..");

const asked: Asked[] = [];

pulumi.runtime.setMocks(
  {
    newResource: (args) => {
      asked.push({ type: args.type, name: args.name, inputs: args.inputs });
      return { id: `${args.name}-id`, state: args.inputs };
    },
    call: (args) => args.inputs,
  },
  "finobs",
  "test",
  false,
);

/** What a program asks for, once all of it is known. */
export async function resourcesOf(program: () => void): Promise<Asked[]> {
  asked.length = 0;
  program();
  // Mocks answer in turns of the event loop: until none has come for a while.
  let seen = -1;
  while (seen !== asked.length) {
    seen = asked.length;
    await new Promise((done) => setTimeout(done, 50));
  }
  return [...asked];
}

/** A configuration as a stack would hold it. */
export function configOf(values: Record<string, string>): pulumi.Config {
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries(values).map(([key, value]) => [`finobs:${key}`, value])));
  return new pulumi.Config("finobs");
}

export const valueOf = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((done) => output.apply(done));
