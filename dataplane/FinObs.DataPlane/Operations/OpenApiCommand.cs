using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FinObs.DataPlane.Operations;

/// <summary><c>openapi --out FILE</c>: the API's document as the host serves it, for the repository's snapshot.</summary>
internal static class OpenApiCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        Option<FileInfo> file = new("--out") { Description = "Where to write it.", Required = true };
        Command command = new("openapi", "Write the OpenAPI document of this host.") { file };
        command.SetAction((result, cancellationToken) => WriteAsync(build, result.GetRequiredValue(file), cancellationToken));
        return command;
    }

    private static async Task<int> WriteAsync(Func<string[], WebApplication> build, FileInfo file, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("finobs-openapi-");
        try
        {
            // Routes are known only to a host that has started: one on a free port, with an empty database and no model, is quick enough.
            await using WebApplication app = build(
                ["--urls", "http://127.0.0.1:0", "--Storage:DataFolder", folder.FullName, "--Models:BuiltIn", "false", "--Demo:Enabled", "false", "--Logging:LogLevel:Default", "Error",
                    "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Error"]);
            await app.StartAsync(cancellationToken);
            string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            using HttpClient client = new();
            JsonNode document = JsonNode.Parse(await client.GetStringAsync(new Uri($"{address}/openapi.json"), cancellationToken))!;
            await File.WriteAllTextAsync(file.FullName, document.ToString().ReplaceLineEndings("\n") + "\n", cancellationToken);
            await app.StopAsync(cancellationToken);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
