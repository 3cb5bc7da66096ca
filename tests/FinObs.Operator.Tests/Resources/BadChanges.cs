using System.Text.Json.Nodes;
using static FinObs.Operator.Tests.Resources.BadChange;

namespace FinObs.Operator.Tests.Resources;

/// <summary>What must be refused, by everybody: each rule between fields, each kind of bound, each field that cannot change.</summary>
internal static class BadChanges
{
    private static readonly string[] Digests = ["sha256:" + new string('a', 64), "sha256:" + new string('A', 64)];

    public static IReadOnlyList<BadChange> All { get; } = [.. Forms(), .. OfModelVersions(), .. OfDriftPolicies(), .. OfCallbackTargets(), .. OfPullSources(), .. OfExperiments()];

    private static IEnumerable<BadChange> Forms() =>
    [
        Of("a field that does not exist", "modelversion", "spec.decision.rejectAt", "0.5", "there is no such field", "unknown field \"spec.decision.rejectAt\""),
        Of("a field in the wrong case", "modelversion", "spec.killswitch", true, "there is no such field", "unknown field \"spec.killswitch\""),
        Of("a required field left out", "modelversion", "spec.artifact.digest", null, "is required", "Required value"),
        Of("a required field of a list's item left out", "abexperiment", "spec.arms[1].version", null, "is required", "Required value"),
        Of("a number without quotes", "modelversion", "spec.decision.reviewAt", 0.95, "must be a number in quotes, like \"0.99\"", "must be of type string"),
        Of("a number that is none", "modelversion", "spec.decision.reviewAt", "1e-2", "must be a number in quotes", "should match"),
        Of("a number with a leading zero", "modelversion", "spec.decision.reviewAt", "00.9", "must be a number in quotes", "should match"),
        Of("a whole number in quotes", "modelversion", "spec.serving.replicas", "2", "must be a whole number, without quotes", "must be of type integer"),
        Of("a whole number out of range", "modelversion", "spec.serving.replicas", 101, "must be from 0 to 100, not 101", "should be less than or equal to 100"),
        Of("a truth in quotes", "modelversion", "spec.killSwitch", "true", "must be true or false, without quotes", "must be of type boolean"),
        Of("a text without quotes", "modelversion", "spec.provenance.gitCommit", 9, "must be a text: put it in quotes", "must be of type string"),
        Of("a word that is not among those of the field", "modelversion", "spec.governance.riskTier", "Severe", "must be one of High, Medium, Low", "Unsupported value"),
        Of("a word in the wrong case", "modelversion", "spec.stage", "shadow", "must be one of Registered, Validated, Shadow, Canary, Production, Retired", "Unsupported value"),
        Of("a text of the wrong form", "modelversion", "spec.artifact.digest", Digests[1], "must match ^sha256:[0-9a-f]{64}$", "should match '^sha256:[0-9a-f]{64}$'"),
        Of("a text that ends with a line break", "modelversion", "spec.artifact.digest", Digests[0] + "\n", "must be 0 to 71 characters long, not 72", "may not be more than 71"),
        Of("a text too long", "modelversion", "spec.provenance.gitCommit", new string('a', 65), "must be 0 to 64 characters long, not 65", "may not be more than 64"),
        Of("a length of time in another notation", "modelversion", "spec.serving.drainPeriod", "PT15S", "must be a length of time like \"24h\", \"1h30m\" or \"250ms\"", "should match"),
        Of("a length of time that no clock holds", "modelversion", "spec.rollout.progressDeadline", "99999999999h", "must be a length of time", "should match"),
        Of("a time without its offset", "modelversion", "spec.provenance.trainedAt", "2026-01-12T04:00:00", "must be a time with its offset, like \"2026-01-31T12:00:00Z\"", "should match"),
        Of("a day that there is not", "modelversion", "spec.provenance.trainedAt", "2026-02-30T04:00:00Z", "must be a time with its offset", "date-time"),
        Of("a list that is none", "callbacktarget", "spec.eventTypes", "transaction.flagged", "must be a list", "must be of type array"),
        Of("a list too short", "abexperiment", "spec.arms", new JsonArray(new JsonObject { ["name"] = "control", ["version"] = "3.1.0", ["weight"] = 100 }), "must have 2 to 4 items, not 1", "should have at least 2 items"),
        Of("a list too long", "callbacktarget", "spec.filter.decisions", new JsonArray("Review", "Block", "Approve", "Review"), "must have 0 to 3 items, not 4", "must have at most 3 items"),
        Of("a list's item of the wrong form", "callbacktarget", "spec.eventTypes[1]", "Decision Reviewed", "must match", "should match"),
        Of("an item twice in a set", "driftpolicy", "spec.targets[1]", "Features", "\"Features\" stands in the list twice", "Duplicate value"),
        Of("a key twice in a list", "abexperiment", "spec.arms[1].name", "control", "\"control\" stands in the list twice", "Duplicate value", field: "spec.arms[1]"),
        Of("a value of the wrong form in a map", "pullsource", "spec.mapping.amount", "amt", "must match", "should match"),
        Of("a map too small", "pullsource", "spec.mapping", new JsonObject { ["amount"] = "$.amt" }, "must have 2 to 32 items, not 1", "should have at least 2 properties"),
        Of("a share above 1", "driftpolicy", "spec.trigger.minShare", "1.01", "must match", "should match"),
    ];

    private static IEnumerable<BadChange> OfModelVersions() =>
    [
        Of("a name that is not model and version", "modelversion", "metadata.name", "card-fraud", "metadata.name must be spec.model, a hyphen and spec.version: one object a version"),
        Of("a version that is none", "modelversion", "spec.version", "3.2", "must be 5 to 40 characters long, not 3", "should be at least 5 chars long"),
        Of("a version with a leading zero", "modelversion", "spec.version", "03.2.0", "must match", "should match"),
        Of("an artifact by plain HTTP", "modelversion", "spec.artifact.uri", "http://models.example.com/card-fraud", "must match", "should match"),
        Of("reviewing above blocking", "modelversion", "spec.decision.reviewAt", "0.9995", "reviewAt must be below blockAt", field: "spec.decision.blockAt"),
        Of("a quantile above 1", "modelversion", "spec.decision", new JsonObject { ["reviewAt"] = "1.5" }, "a Quantile threshold is above 0 and at most 1: 0.99 reviews 1 % of transactions", field: "spec.decision.reviewAt"),
        Of("a quantile of 0", "modelversion", "spec.decision.reviewAt", "0", "a Quantile threshold is above 0 and at most 1: 0.99 reviews 1 % of transactions"),
        Of("a step that is two", "modelversion", "spec.rollout.steps[1].pause", new JsonObject { ["duration"] = "1h" }, "a step is exactly one of shadow, setWeight, analysis, approval, pause", field: "spec.rollout.steps[1]"),
        Of("a step that is none", "modelversion", "spec.rollout.steps[1]", new JsonObject(), "a step is exactly one of shadow, setWeight, analysis, approval, pause"),
        Of("a metric without a bound", "modelversion", "spec.rollout.steps[2].analysis.metrics[1]", new JsonObject { ["name"] = "ScorePsi" }, "a metric needs a bound: max, min or maxRelativeChange"),
        Of("fewest pods above most", "modelversion", "spec.serving.minReplicas", 7, "minReplicas must not be above maxReplicas", field: "spec.serving.maxReplicas"),
        Immutable("modelversion", "spec.model", "card-fraud-eu"),
        Immutable("modelversion", "spec.version", "3.2.1"),
        Immutable("modelversion", "spec.artifact.digest", Digests[0], field: "spec.artifact"),
        Stage("Registered", "Shadow"),
        Stage("Shadow", "Registered"),
        Stage("Retired", "Production"),
    ];

    private static IEnumerable<BadChange> OfDriftPolicies() =>
    [
        Of("fewest samples above most", "driftpolicy", "spec.window.minSamples", 30_000, "minSamples must not be above maxSamples"),
        Of("an alpha of a half", "driftpolicy", "spec.tests.alpha", "0.5", "alpha must lie between 0 and 0.5, for example \"0.01\""),
        Of("a warning after the alarm", "driftpolicy", "spec.tests.numeric.warn", "0.3", "warn must not be above threshold"),
        Of("more breaches than tests", "driftpolicy", "spec.trigger.breaches", 6, "breaches must not be above outOf"),
        Of("severe before it is drift", "driftpolicy", "spec.trigger.severeRatio", "0.9", "severeRatio must be 1 or more, for example \"1.25\", or 0 for never"),
        Of("nobody to notify", "driftpolicy", "spec.actions[0].callbackTargetRef", null, "Notify needs callbackTargetRef"),
        Of("no weight to reduce to", "driftpolicy", "spec.actions[3].to", null, "ReduceWeight needs to"),
        Of("a retrained model in production", "driftpolicy", "spec.actions[1].job.resultStage", "Production", "a retrained model is a candidate: resultStage is Registered, Validated or Shadow"),
        Of("a schedule of six fields", "driftpolicy", "spec.schedule", "0 */15 * * * *", "must match", "should match"),
    ];

    private static IEnumerable<BadChange> OfCallbackTargets() =>
    [
        Of("plain HTTP that is not meant", "callbacktarget", "spec.url", "http://risk.example.com/hooks", "url must begin with https://; set allowHttp: true where plain HTTP is meant"),
        Of("a URL with a password", "callbacktarget", "spec.url", "https://user:secret@risk.example.com/hooks", "must match", "should match"),
        Of("a header of the signature", "callbacktarget", "spec.headers.Webhook-Id", "1", "headers must not set webhook-* or authorization: signatures are ours, and auth has a field of its own", field: "spec.headers"),
        Of("an authorization header", "callbacktarget", "spec.headers.Authorization", "Bearer x", "headers must not set webhook-* or authorization: signatures are ours, and auth has a field of its own", field: "spec.headers"),
        Of("two ways to sign in", "callbacktarget", "spec.auth.mtlsSecretRef", new JsonObject { ["name"] = "tls" }, "auth takes at most one of bearerSecretRef, oauth2ClientCredentials, basicSecretRef, mtlsSecretRef", field: "spec.auth"),
        Of("a secret authorization header beside a token", "callbacktarget", "spec.auth.headers", new JsonArray(Header("Authorization")), "headers must not set authorization beside bearerSecretRef, oauth2ClientCredentials or basicSecretRef, which set it", field: "spec.auth.headers"),
        Of("a secret header of the signature", "callbacktarget", "spec.auth.headers", new JsonArray(Header("webhook-id")), "name must not be webhook-*, host, connection, content-length, content-type or transfer-encoding: those are ours to set", field: "spec.auth.headers[0].name"),
    ];

    private static IEnumerable<BadChange> OfPullSources() =>
    [
        Of("an interval and a cron expression", "pullsource", "spec.schedule.cron", "0 * * * *", "a schedule is exactly one of interval and cron", field: "spec.schedule"),
        Of("a zone without a cron expression", "pullsource", "spec.schedule.timeZone", "Europe/Berlin", "timeZone goes with cron"),
        Of("a cursor from nowhere", "pullsource", "spec.pagination.cursorPath", null, "Cursor needs cursorPath and param", field: "spec.pagination"),
        Of("pages without a parameter", "pullsource", "spec.pagination", new JsonObject { ["type"] = "Page" }, "Page needs param"),
        Of("no amount", "pullsource", "spec.mapping.amount", null, "mapping needs transactionId and amount", field: "spec.mapping"),
    ];

    private static IEnumerable<BadChange> OfExperiments() =>
    [
        Of("weights that do not add up", "abexperiment", "spec.arms[1].weight", 40, "the weights of the arms must add up to 100", field: "spec.arms"),
        Of("no control", "abexperiment", "spec.arms[0].name", "old", "exactly one arm must be named control", field: "spec.arms"),
        Of("a primary metric that is no proportion", "abexperiment", "spec.primary.metric", "P99LatencyMs", "the primary metric is one of PrecisionAtK, Recall, AlertRate, FalsePositiveRate, OverrideRate"),
        Of("a guardrail without a bound", "abexperiment", "spec.guardrails[0].maxRelativeIncrease", null, "a guardrail needs a bound: max or maxRelativeIncrease", field: "spec.guardrails[0]"),
        Of("an end before the earliest verdict", "abexperiment", "spec.duration.min", "2000h", "min must not be above max"),
        Immutable("abexperiment", "spec.model", "wire-fraud"),
        Immutable("abexperiment", "spec.mode", "PairedShadow"),
        Running("another version in an arm", "spec.arms[1].version", "3.3.0", "arms cannot change once the experiment runs; make another experiment", field: "spec.arms"),
        Running("another salt", "spec.salt", "pepper", "salt, unitKey and bucketVersion cannot change once the experiment runs: units would move between arms"),
        Running("another unit", "spec.unitKey", "TransactionId", "salt, unitKey and bucketVersion cannot change once the experiment runs: units would move between arms", field: "spec.salt"),
        Running("a draft again", "spec.state", "Draft", "an experiment that has run does not become a draft again"),
        Running("fewer units", "spec.enrolPercent", 10, "enrolPercent only grows: units that take part stay"),
        Running("a stopped one that runs again", "spec.state", "Running", "a stopped experiment stays stopped; make another one", state: "Stopped"),
    ];

    private static JsonObject Header(string name) => new() { ["name"] = name, ["secretRef"] = new JsonObject { ["name"] = "keys", ["key"] = "header" } };

    private static BadChange Stage(string from, string to) => Later(
        $"from stage {from} to {to}", "modelversion", "spec.stage", to,
        "not a permitted change of stage: from Registered only to Validated or Retired, never back to Registered, and a Retired version stays retired (make a new version)",
        new JsonObject { ["spec.stage"] = from });

    private static BadChange Running(string name, string path, JsonNode value, string message, string? field = null, string state = "Running") =>
        Later(name, "abexperiment", path, value, message, new JsonObject { ["spec.state"] = state }, field);
}
