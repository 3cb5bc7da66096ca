using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace FinObs.Kubectl;

/// <summary>The data plane, and what is shown to it: acts are done under the person's own name, never the operator's.</summary>
internal sealed class DataPlaneOptions
{
    public const string UrlVariable = "FINOBS_URL";
    public const string TokenVariable = "FINOBS_TOKEN";

    private readonly Option<string?> _url = new("--url") { Description = $"Address of the data plane; default: ${UrlVariable}." };
    private readonly Option<FileInfo?> _tokenFile = new("--token-file") { Description = $"File with your token or key; default: ${TokenVariable}." };

    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_tokenFile);
    }

    /// <exception cref="CommandException">Nobody says where it is.</exception>
    public HttpClient Connect(ParseResult result)
    {
        string url = result.GetValue(_url) ?? Environment.GetEnvironmentVariable(UrlVariable) ?? throw new CommandException($"Say where the data plane is: --url or {UrlVariable}, e.g. after kubectl port-forward -n finobs-system svc/finobs-data-plane 5080:8080.");
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https")) throw new CommandException($"{url} is no address: write http://… or https://….");

        string? token = result.GetValue(_tokenFile) is { } file ? File.ReadAllText(file.FullName).Trim() : Environment.GetEnvironmentVariable(TokenVariable);
        HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        if (!string.IsNullOrEmpty(token)) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <exception cref="CommandException">It refuses, in its own words.</exception>
    public static async Task RequireAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode) return;
        string? detail = null;
        try
        {
            detail = (await answer.Content.ReadFromJsonAsync<Problem>(JsonSerializerOptions.Web, cancellationToken))?.Detail;
        }
        catch (JsonException)
        {
            // Not the data plane's own answer, but of something in between.
        }

        throw new CommandException($"the data plane answered {(int)answer.StatusCode}{(detail is null ? "" : $": {detail}")}");
    }

    private sealed record Problem(string? Detail);
}
