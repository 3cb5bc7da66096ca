import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Installation } from "./installation";
import { read } from "./settings";

// Compiled, this file lies in bin/.
const installation = new Installation("finobs", { settings: read(new pulumi.Config("finobs")), root: resolve(__dirname, "../../..") });

export const namespace = installation.namespace;
export const url = installation.url;
