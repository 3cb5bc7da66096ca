using System.Text.Json;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>The npm package <c>standardwebhooks</c>, by the authors of the specification.</summary>
internal static class StandardWebhooksPackage
{
    private const string Script = """
        const { Webhook } = require("standardwebhooks");
        const crypto = require("crypto");
        const { secret, publicKey, id, timestamp, signature, body } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        if (publicKey) {
          const raw = Buffer.from(publicKey.replace("whpk_", ""), "base64");
          const key = crypto.createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]), format: "der", type: "spki" });
          const ok = signature.split(" ").some(one => one.startsWith("v1a,") && crypto.verify(null, Buffer.from(`${id}.${timestamp}.${body}`), key, Buffer.from(one.slice(4), "base64")));
          console.log(ok ? "verified" : "refused");
        } else {
          try {
            new Webhook(secret).verify(body, { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signature });
            console.log("verified");
          } catch (error) {
            console.log("refused");
          }
        }
        """;

    private static readonly NodePackage Package = new("standardwebhooks", "1.0.0");

    /// <summary>What the package says of a message: <c>verified</c> or <c>refused</c>.</summary>
    public static Task<string> VerifyAsync(object message) => Package.RunAsync(Script, JsonSerializer.Serialize(message));
}
