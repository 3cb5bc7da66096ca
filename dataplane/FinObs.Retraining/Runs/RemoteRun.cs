using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.Retraining.Registration;
using FinObs.Scoring.Features;

namespace FinObs.Retraining.Runs;

/// <summary>One run of a data plane: taken, carried out, ended. Where the data plane says that it is over, the work stops.</summary>
internal sealed class RemoteRun : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private readonly RegistrationRequest _target;
    private readonly Guid _run;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(ArtifactUpload.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    private volatile Position _position = new(0, "starting");

    public RemoteRun(RegistrationRequest target, Guid run, TimeProvider time) => (_target, _run, _time) = (target, run, time);

    /// <exception cref="RegistrationException">The data plane refuses, or the run is not to be had.</exception>
    public async Task RunAsync(ExchangeRates rates, ulong seed, Action<double, string> say, CancellationToken cancellationToken)
    {
        Claimed claimed = await ClaimAsync(cancellationToken);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<bool> beating = BeatAsync(claimed.Lease, stop);
        string folder = Directory.CreateTempSubdirectory("finobs-retraining-").FullName;
        try
        {
            await WorkAsync(claimed, folder, rates, seed, say, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistrationException($"The data plane says that run {_run} is over or another worker's: stopped.");
        }
        catch (InputException wrong)
        {
            await EndAsync(new { claimed.Lease, Failure = wrong.Message }, cancellationToken);
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await beating;
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task WorkAsync(Claimed claimed, string folder, ExchangeRates rates, ulong seed, Action<double, string> say, CancellationToken cancellationToken)
    {
        string window = Path.Combine(folder, "window.csv.gz"), parent = Path.Combine(folder, "parent.zip");
        await DownloadAsync($"v1/training-windows/{claimed.WindowId}", window, cancellationToken);
        if (claimed.ParentDigest is not null)
        {
            await DownloadAsync($"v1/artifacts/{claimed.ParentDigest}", parent, cancellationToken);
        }

        WorkRequest request = new(
            window, claimed.Model, claimed.Version, claimed.ParentDigest is null ? null : parent, new ProfileSettings(claimed.BaseCurrency, claimed.TimeZone), claimed.TrainedAt, rates, seed);
        WorkOutcome outcome = await Task.Run(() => RetrainingWork.Run(request, Tell, cancellationToken), cancellationToken);
        if (outcome.Report.Gate.Passed)
        {
            using ArtifactUpload upload = new(ArtifactUpload.CreateHandler(), _target, _time, Console.Error.WriteLine);
            await upload.SendAsync(outcome.Artifact, cancellationToken);
        }

        await EndAsync(
            new { claimed.Lease, Report = JsonSerializer.SerializeToElement(outcome.Report, RetrainingReport.Json), ArtifactDigest = outcome.Report.Gate.Passed ? outcome.Artifact.Digest : null }, cancellationToken);
        say(1, "done");

        void Tell(double fraction, string step)
        {
            _position = new Position(fraction, step);
            say(fraction, step);
        }
    }

    private async Task<Claimed> ClaimAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"v1/retraining-runs/{_run}/claim", null, cancellationToken);
        await RequireAsync(answer, cancellationToken);
        return await answer.Content.ReadFromJsonAsync<Claimed>(Json, cancellationToken) ?? throw new RegistrationException($"{_target.DataPlane} gave nothing for run {_run}.");
    }

    /// <summary>Says where the work is; a refusal stops it, a fault does not: the lease outlives a few.</summary>
    private async Task<bool> BeatAsync(string lease, CancellationTokenSource stop)
    {
        using PeriodicTimer timer = new(Heartbeat, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                try
                {
                    Position position = _position;
                    using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"v1/retraining-runs/{_run}/progress", new { Lease = lease, position.Fraction, position.Step }, stop.Token);
                    if (answer.StatusCode == HttpStatusCode.Conflict)
                    {
                        await stop.CancelAsync();
                    }
                }
                catch (HttpRequestException fault)
                {
                    await Console.Error.WriteLineAsync($"{_target.DataPlane} cannot be reached ({fault.HttpRequestError}).");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is over.
        }

        return true;
    }

    private async Task EndAsync(object result, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, $"v1/retraining-runs/{_run}/result", result, cancellationToken);
        await RequireAsync(answer, cancellationToken);
    }

    private async Task DownloadAsync(string path, string to, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        await RequireAsync(answer, cancellationToken);
        await using FileStream file = File.Create(to);
        await answer.Content.CopyToAsync(file, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(method, new Uri(_target.DataPlane, path)) { Content = body is null ? null : JsonContent.Create(body, options: Json) };
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (_target.Token() is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task RequireAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (!answer.IsSuccessStatusCode)
        {
            string text = await answer.Content.ReadAsStringAsync(cancellationToken);
            throw new RegistrationException($"{_target.DataPlane} answered {(int)answer.StatusCode}: {DetailOf(text) ?? "no reason given"}");
        }
    }

    private static string? DetailOf(string text)
    {
        try
        {
            using JsonDocument problem = JsonDocument.Parse(text);
            return problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out JsonElement detail) ? detail.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Position(double Fraction, string Step);

    /// <summary>What the data plane says of a run that was taken.</summary>
    private sealed record Claimed(
        string Lease, string Model, string Version, string? ParentDigest, Guid WindowId, DateTimeOffset TrainedAt, string BaseCurrency, string TimeZone);
}
