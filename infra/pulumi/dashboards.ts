import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { labelsOf } from "./pods";

export interface DashboardsArgs {
  namespace: pulumi.Input<string>;
  /** The repository. */
  root: string;
}

/** The committed dashboards as ConfigMaps that Grafana's sidecar finds by their label, and the alerts as a PrometheusRule. Needs the definitions of the Prometheus operator. */
export class Dashboards extends pulumi.ComponentResource {
  constructor(name: string, args: DashboardsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("finobs:infra:Dashboards", name, {}, opts);
    const { namespace, root } = args;
    const folder = join(root, "grafana/dashboards");
    for (const file of readdirSync(folder).filter((one) => one.endsWith(".json")).sort()) {
      const dashboard = file.slice(0, -".json".length);
      new k8s.core.v1.ConfigMap(
        `${name}-${dashboard}`,
        {
          metadata: { name: `finobs-dashboard-${dashboard}`, namespace, labels: { ...labelsOf("finobs-dashboards"), grafana_dashboard: "1" }, annotations: { grafana_folder: "FinObs" } },
          data: { [file]: readFileSync(join(folder, file), "utf8") },
        },
        { parent: this },
      );
    }
    new k8s.apiextensions.CustomResource(
      `${name}-alerts`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: "finobs", namespace, labels: labelsOf("finobs-alerts") },
        spec: parse(readFileSync(join(root, "grafana/alerts/finobs.yaml"), "utf8")),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
