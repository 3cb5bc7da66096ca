using System.Text.Json;
using FinObs.DataPlane.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>Which rules decide. They are changed in their files.</summary>
internal static class RulesApi
{
    public static IEndpointRouteBuilder MapRules(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/rules").WithTags("Rules").RequirePermission(Permissions.RuleRead);
        group.MapGet("", Read).WithName("GetRules").WithSummary("The rules in force, their digest, and what is wrong with newer files.");
        group.MapGet("/sets/{digest}", SetAsync).WithName("GetRuleSet").WithSummary("A rule set that was once in force, by the digest that a decision names.");
        return app;
    }

    private static Ok<RulesAnswer> Read(RuleBook book, TimeProvider time)
    {
        RuleSet set = book.Current;
        RuleBookState state = book.State;
        DateTimeOffset now = time.GetUtcNow();
        return TypedResults.Ok(new RulesAnswer(
            set.IsEmpty ? null : set.Digest, state.LoadedAt, state.Files, state.RefusedAt,
            [.. state.Problems.Select(problem => new RuleProblemAnswer(problem.File, problem.Line, problem.Field, problem.Message))],
            [.. set.Rules.Select(rule => RuleAnswer.Of(rule.Head, now))],
            [.. set.Lists.Values.OrderBy(list => list.Name, StringComparer.Ordinal).Select(list => new DeclaredList(list.Name, list.Note, list.Entries.Count))]));
    }

    private static async Task<Results<Ok<JsonElement>, ProblemHttpResult>> SetAsync(string digest, RuleChanges changes, CancellationToken cancellationToken)
    {
        string full = digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest : $"sha256:{digest}";
        return await changes.ContentAsync(full, cancellationToken) is { } content
            ? TypedResults.Ok(JsonSerializer.Deserialize<JsonElement>(content))
            : TypedResults.Problem(
                "No rule set of this digest was ever in force here. Take the digest from a decision (GET /v1/transactions/{id}) or from GET /v1/rules.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
    }
}

/// <summary>The rules in force.</summary>
/// <param name="Digest">SHA-256 of the set, which each decision names; null where there are no rules.</param>
/// <param name="LoadedAt">Since when.</param>
/// <param name="Files">Where they stand.</param>
/// <param name="RefusedAt">When newer files were refused; null where the files are in force.</param>
/// <param name="Problems">Why.</param>
/// <param name="Rules">By id.</param>
/// <param name="Lists">Those that the files declare.</param>
internal sealed record RulesAnswer(
    string? Digest, DateTimeOffset? LoadedAt, IReadOnlyList<string> Files, DateTimeOffset? RefusedAt, IReadOnlyList<RuleProblemAnswer> Problems, IReadOnlyList<RuleAnswer> Rules,
    IReadOnlyList<DeclaredList> Lists);

/// <summary>What is wrong with a file.</summary>
internal sealed record RuleProblemAnswer(string File, int Line, string Field, string Message);

/// <summary>One rule.</summary>
internal sealed record RuleAnswer(
    string Id, int Version, string Type, string Regulation, string? Outcome, string Text, IReadOnlyList<string> Types, IReadOnlyList<string> Currencies, IReadOnlyList<string> Namespaces, string Direction, bool Enabled,
    DateTimeOffset? EffectiveFrom, DateTimeOffset? EffectiveUntil, bool InForce)
{
    public static RuleAnswer Of(RuleHead head, DateTimeOffset now) => new(
        head.Id, head.Version, head.Type, head.Regulation, head.Type == Kinds.AllowListRule.Kind.Name ? null : head.Outcome.OnTheWire(), head.Text.Template,
        head.Scope.Types, head.Scope.Currencies, head.Scope.Namespaces, head.Scope.IsCredit switch { true => "credit", false => "debit", null => "both" }, head.Enabled,
        head.EffectiveFrom == DateTimeOffset.MinValue ? null : head.EffectiveFrom, head.EffectiveUntil == DateTimeOffset.MaxValue ? null : head.EffectiveUntil, head.IsEffectiveAt(now));
}

/// <summary>A list that the files declare.</summary>
internal sealed record DeclaredList(string Name, string? Note, int EntriesOfFiles);
