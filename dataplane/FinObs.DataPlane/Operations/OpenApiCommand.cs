using System.CommandLine;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace FinObs.DataPlane.Operations;

/// <summary><c>openapi --out FILE</c>: the API's document, for the repository's snapshot.</summary>
internal static class OpenApiCommand
{
    public static Command Create(Func<WebApplication> build)
    {
        Option<FileInfo> file = new("--out") { Description = "Where to write it.", Required = true };
        Command command = new("openapi", "Write the OpenAPI document of this host.") { file };
        command.SetAction((result, cancellationToken) => WriteAsync(build, result.GetRequiredValue(file), cancellationToken));
        return command;
    }

    private static async Task<int> WriteAsync(Func<WebApplication> build, FileInfo file, CancellationToken cancellationToken)
    {
        await using WebApplication app = build();
        OpenApiDocument document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync(cancellationToken);
        string json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        await File.WriteAllTextAsync(file.FullName, json.ReplaceLineEndings("\n") + "\n", cancellationToken);
        return 0;
    }
}
