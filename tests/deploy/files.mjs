// What the tests of this folder read: the files of the repository as they are.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const text = (path) => readFileSync(join(root, path), "utf8");
export const yaml = (path) => parse(text(path), { merge: true });
export const list = (path, suffix) => readdirSync(join(root, path)).filter((name) => name.endsWith(suffix)).map((name) => `${path}/${name}`);
