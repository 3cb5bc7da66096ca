using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FinObs.DataPlane.Experiments.Api;

/// <summary>Experiments under the paths and names they had before they moved traffic. What is made here is an ABExperiment like any other, in the default namespace.</summary>
internal static class AgentExperimentsApi
{
    private const int SeedMinimum = 30;
    private const string Space = ModelRouter.DefaultNamespace;

    public static void MapAgentExperiments(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/agent/compliance/experiments").WithTags("Experiments");
        group.MapPost("", CreateAsync).RequirePermission(Permissions.ModelConfig).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).WithName("AgentCreateExperiment")
            .WithSummary("Compare two versions of the model on real traffic: name, model_a (the control's version), model_b, traffic_split (the control's share).");
        group.MapGet("", ListAsync).RequirePermission(Permissions.ModelRead).WithName("AgentListExperiments").WithSummary("All experiments, or with active_only those that run.");
        group.MapGet("/{experimentId}/results", ResultsAsync).RequirePermission(Permissions.ModelRead).ProducesProblem(StatusCodes.Status404NotFound).WithName("AgentExperimentResults").WithSummary("What an experiment has found.");
        group.MapPost("/{experimentId}/promote", PromoteAsync).RequirePermission(Permissions.ModelConfig).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).WithName("AgentPromoteExperiment")
            .WithSummary("Ask people to agree that the winner decides everything.");
    }

    private static async Task<Results<Ok<AgentExperiment>, ProblemHttpResult>> CreateAsync(
        HttpContext context, ResourceDoor door, RouteStore routes, ExperimentStore store, string name, [FromQuery(Name = "model_a")] string modelA, [FromQuery(Name = "model_b")] string modelB,
        [FromQuery(Name = "traffic_split")] double? trafficSplit, CancellationToken cancellationToken)
    {
        int control = (int)Math.Round((trafficSplit ?? 0.5) * 100);
        if (control is < 1 or > 99)
        {
            return Refused("traffic_split is the share of model_a, from 0.01 to 0.99.");
        }

        string? model = (await routes.FindAsync(Space, cancellationToken)).Stable?.Model;
        (string a, string b) = (VersionOf(modelA), VersionOf(modelB));
        ABExperimentSpec spec = new()
        {
            Model = modelA.Contains('@', StringComparison.Ordinal) ? modelA[..modelA.IndexOf('@', StringComparison.Ordinal)] : model ?? "fraud",
            Arms = [new ExperimentArm { Name = ExperimentArms.Control, Version = a, Weight = control }, new ExperimentArm { Name = "treatment", Version = b, Weight = 100 - control }],
            EnrolPercent = 100,
            Primary = new PrimaryMetric { Metric = ExperimentMetric.PrecisionAtK, Direction = MetricDirection.Increase },
            State = ExperimentState.Running,
        };
        ResourceKey key = new(Space, ResourceKinds.ABExperiment.Name, NameOf(name));
        ResourceSubmission submission = new()
        {
            ManagedBy = ResourceOwner.Api,
            Spec = (JsonObject)JsonSerializer.SerializeToNode(spec, ResourceJson.Strict)!,
            ChangedBy = Caller.NameOf(context),
            ChangeReason = $"Experiment {name}",
        };
        return await door.ApplyAsync(key, submission, Caller.NameOf(context), cancellationToken) switch
        {
            DoorOutcome.Applied { Resource: var resource } => TypedResults.Ok(AgentExperiment.Of(resource, await store.FindAsync(resource.Row.Uid, cancellationToken))),
            DoorOutcome.Invalid invalid => Refused($"{string.Join("; ", invalid.Errors)}."),
            DoorOutcome.Refused refused => TypedResults.Problem(refused.Why, statusCode: StatusCodes.Status409Conflict, title: "Refused"),
            _ => TypedResults.Problem("There is an experiment of that name which is going away; try again in a moment.", statusCode: StatusCodes.Status409Conflict, title: "Not now"),
        };
    }

    private static async Task<Ok<AgentExperimentList>> ListAsync(
        ResourceCatalogue catalogue, ExperimentStore store, CancellationToken cancellationToken, [FromQuery(Name = "active_only")] bool activeOnly = false)
    {
        Dictionary<string, ExperimentRow> rows = (await store.OfAsync(Space, cancellationToken)).ToDictionary(row => row.Uid);
        AgentExperiment[] all = [.. catalogue.Current.Of(Space, ResourceKinds.ABExperiment.Name).Select(resource => AgentExperiment.Of(resource, rows.GetValueOrDefault(resource.Row.Uid)))];
        return TypedResults.Ok(new AgentExperimentList([.. all.Where(one => !activeOnly || one.Status is "running" or "paused")]));
    }

    private static async Task<Results<Ok<AgentExperimentResults>, ProblemHttpResult>> ResultsAsync(string experimentId, ExperimentVerbs verbs, ExperimentStore store, CancellationToken cancellationToken)
    {
        if (verbs.Find(Space, experimentId) is not { } resource)
        {
            return NotFound(experimentId);
        }

        ExperimentRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        ABExperimentSpec spec = ExperimentsApi.SpecOf(resource);
        ExperimentEvaluation? last = ExperimentEvaluation.Read(row?.Evaluation);
        TreatmentResult? shown = ExperimentStatuses.Shown(last);
        ExperimentArm control = spec.Arms.First(arm => arm.Name == ExperimentArms.Control), treatment = spec.Arms.First(arm => arm.Name == (shown?.Arm ?? spec.Arms.First(one => one != control).Name));
        double? p = spec.Analysis.Method == AnalysisMethod.FixedHorizon ? shown?.FixedP : shown?.SequentialP;
        return TypedResults.Ok(new AgentExperimentResults(
            AgentExperiment.Of(resource, row), AgentArm.Of(spec, control, last), AgentArm.Of(spec, treatment, last),
            new AgentSignificance(last?.Verdict is ExperimentVerdict.TreatmentBetter or ExperimentVerdict.ControlBetter, p, Math.Max(SeedMinimum, spec.Analysis.MinPerArm)),
            last?.Sentence ?? "No look was taken yet."));
    }

    private static async Task<Results<Ok<AgentPromotion>, ProblemHttpResult>> PromoteAsync(string experimentId, HttpContext context, ExperimentVerbs verbs, CancellationToken cancellationToken) =>
        await verbs.DoAsync(Space, experimentId, ExperimentVerb.Promote, "Asked for.", Caller.NameOf(context), cancellationToken) switch
        {
            ExperimentOutcome.Done { Row: var row } => TypedResults.Ok(new AgentPromotion(
                experimentId, row.Winner!, ExperimentsApi.SpecOf(verbs.Find(Space, experimentId)!).Arms.First(arm => arm.Name == row.Winner).Version, "waiting_for_approval", row.ApprovalId)),
            ExperimentOutcome.Not { Why: var why } => TypedResults.Problem(why, statusCode: StatusCodes.Status409Conflict, title: "Not in this state."),
            _ => NotFound(experimentId),
        };

    /// <summary>Also <c>model@version</c>.</summary>
    private static string VersionOf(string text) => text[(text.IndexOf('@', StringComparison.Ordinal) + 1)..];

    /// <summary>Names of resources are DNS labels; names of experiments were free text.</summary>
    private static string NameOf(string text) => string.Concat(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');

    private static ProblemHttpResult Refused(string why) => TypedResults.Problem(why, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Not an experiment");

    private static ProblemHttpResult NotFound(string id) => TypedResults.Problem($"There is no experiment {id}. GET /agent/compliance/experiments lists those there are.", statusCode: StatusCodes.Status404NotFound, title: "Not found");
}
