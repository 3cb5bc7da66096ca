using FinObs.DataPlane.Access;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Mcp.Tools.Governance;

/// <summary><c>get_model_version</c>.</summary>
internal sealed class GetModelVersionTool(ModelCatalogue catalogue, ModelRouter router) : McpTool
{
    private const int MostNames = 20;

    public override ToolCard Card { get; } = new()
    {
        Name = "get_model_version",
        Title = "One model version",
        Description = "Shows a model version: artifact digest, thresholds in force, features, training provenance with its data's digest, metrics, and the namespaces that it decides for. Without model and version: the one "
            + "that decides now. Use it for a model card or an examiner's question.",
        Permission = Permissions.ModelRead,
        Input = new ToolInput(ToolField.Text("model", "The model's name.", 253), ToolField.Text("version", "Its version, e.g. 1.4.0.", 100), ToolField.Namespace()),
        Output = typeof(VersionDetail),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        (string? model, string? version) = (call.Text("model"), call.Text("version"));
        if (model is null != version is null)
        {
            return new ToolAnswer.Refused("Give both model and version, or neither for the version that decides now.");
        }

        if (model is null && router.Route(call.Namespace)?.Identity is { } deciding)
        {
            (model, version) = (deciding.Model, deciding.Version);
        }

        return model is not null && await catalogue.FindAsync(call.Namespace, model, version!, cancellationToken) is { } found
            ? new ToolAnswer.Done(found)
            : new ToolAnswer.Refused(await WhatThereIsAsync(call.Namespace, model, cancellationToken));
    }

    private async Task<string> WhatThereIsAsync(string @namespace, string? model, CancellationToken cancellationToken)
    {
        VersionList versions = model is null ? new VersionList([]) : await catalogue.VersionsAsync(@namespace, model, cancellationToken);
        if (versions.Items.Count > 0)
        {
            return $"The model has no such version: there are {string.Join(", ", versions.Items.Take(MostNames).Select(one => one.Version))}.";
        }

        string[] models = [.. (await catalogue.ListAsync(@namespace, cancellationToken)).Items.Take(MostNames).Select(one => one.Model)];
        return models.Length == 0 ? $"The namespace {@namespace} has no model of its own." : $"There is no such model in {@namespace}: there are {string.Join(", ", models)}.";
    }
}
