using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FinObs.DataPlane.Audit.Tree;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Audit.Witness;

/// <summary>What a witness answered.</summary>
internal abstract record WitnessAnswer
{
    /// <summary>It keeps the checkpoint, and has signed that it does.</summary>
    internal sealed record Kept : WitnessAnswer;

    /// <summary>It keeps one of another size than the proof starts from.</summary>
    internal sealed record At(long Size) : WitnessAnswer;

    /// <summary>It refuses, or cannot be reached; a sentence.</summary>
    internal sealed record Refused(string Why) : WitnessAnswer;
}

/// <summary>Speaks <c>c2sp.org/tlog-witness</c>.</summary>
internal sealed class WitnessClient(IHttpClientFactory clients, IOptions<AuditOptions> options)
{
    public const string HttpClientName = "audit-witness";

    /// <summary>A signed note is a few hundred bytes, with the signatures of others a few thousand.</summary>
    private const int MaxAnswerBytes = 64 * 1024;
    private WitnessOptions Options => options.Value.Witness;

    /// <summary>The last checkpoint that is kept; null where none is.</summary>
    /// <exception cref="HttpRequestException">No usable answer.</exception>
    public async Task<PublishedCheckpoint?> LastAsync(CancellationToken cancellationToken)
    {
        var url = Options.CheckpointUrl ?? new Uri($"{Prefix()}/checkpoint?origin={Uri.EscapeDataString(options.Value.Origin)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await SendAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NoContent) return null;
        if (response.StatusCode != HttpStatusCode.OK) throw new HttpRequestException($"the witness answered {(int)response.StatusCode}");
        return CheckpointFile.Parse((await TextAsync(response, cancellationToken)).TrimEnd('\n') + "\n\n").LastOrDefault() ?? throw new HttpRequestException("the witness answered with something that is no checkpoint");
    }

    /// <summary>Sends a checkpoint with the proof that it goes on from the <paramref name="old"/> leaves that the witness knows.</summary>
    public async Task<WitnessAnswer> AddAsync(long old, IReadOnlyList<byte[]> proof, string note, CancellationToken cancellationToken)
    {
        var body = new StringBuilder().Append(CultureInfo.InvariantCulture, $"old {old}\n");
        foreach (var hash in proof) body.Append(Convert.ToBase64String(hash)).Append('\n');
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Prefix()}/add-checkpoint") { Content = new StringContent(body.Append('\n').Append(note).ToString(), Encoding.UTF8, "text/plain") };
        try
        {
            using var response = await SendAsync(request, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK) return new WitnessAnswer.Kept();
            var text = await TextAsync(response, cancellationToken);
            return response.StatusCode == HttpStatusCode.Conflict && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? new WitnessAnswer.At(size)
                : new WitnessAnswer.Refused($"it answered {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new WitnessAnswer.Refused(e is OperationCanceledException ? "it did not answer in time" : e.Message);
        }
    }

    private string Prefix() => Options.Url!.ToString().TrimEnd('/');

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Options.TokenFile is { } file) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, cancellationToken)).Trim());
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Options.Timeout);
        return await clients.CreateClient(HttpClientName).SendAsync(request, timeout.Token);
    }

    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }
}
