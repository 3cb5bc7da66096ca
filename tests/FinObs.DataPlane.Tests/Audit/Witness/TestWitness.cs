using System.Globalization;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Tests.Resources.Outbound;
using Microsoft.AspNetCore.Http;

namespace FinObs.DataPlane.Tests.Audit.Witness;

/// <summary>A witness by the letter of c2sp.org/tlog-witness: it keeps the last checkpoint of one log, and signs only what goes on from it.</summary>
internal sealed class TestWitness : IAsyncDisposable
{
    private readonly NoteSigner _signer = new("witness.example/1", new byte[32]);
    private Sink? _sink;

    public Uri Url => _sink!.Url;

    public Checkpoint? Kept { get; private set; }

    public string? Note { get; private set; }

    public int Refused { get; private set; }

    public bool Away { get; set; }

    public string? Authorization { get; private set; }

    /// <summary>The log's key; it is told by hand, as to a real one.</summary>
    public NoteVerifier? Log { get; set; }

    public static async Task<TestWitness> StartAsync()
    {
        TestWitness witness = new();
        witness._sink = await Sink.StartAsync(witness.AnswerAsync);
        return witness;
    }

    public async ValueTask DisposeAsync()
    {
        await _sink!.DisposeAsync();
        _signer.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Authorization = context.Request.Headers.Authorization;
        using StreamReader reader = new(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        (int status, string answer) = Away ? (503, "") : context.Request.Path.Value!.EndsWith("/add-checkpoint", StringComparison.Ordinal) ? Add(body) : Note is null ? (404, "") : (200, Note);
        if (status is not (200 or 404))
        {
            Refused++;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = status == 409 ? "text/x.tlog.size" : "text/plain";
        await context.Response.WriteAsync(answer);
    }

    private (int Status, string Answer) Add(string body)
    {
        int empty = body.IndexOf("\n\n", StringComparison.Ordinal);
        string[] head = body[..empty].Split('\n');
        if (!head[0].StartsWith("old ", StringComparison.Ordinal) || !long.TryParse(head[0][4..], NumberStyles.None, CultureInfo.InvariantCulture, out long old) || head.Length > 64)
        {
            return (400, "");
        }

        string note = body[(empty + 2)..];
        Checkpoint next;
        try
        {
            next = Checkpoint.Open(note, Log!);
        }
        catch (FormatException)
        {
            return (403, "");
        }

        if (old > next.Size)
        {
            return (400, "");
        }

        if (old != (Kept?.Size ?? 0))
        {
            return (409, $"{Kept?.Size ?? 0}\n");
        }

        byte[][] proof = [.. head[1..].Select(Convert.FromBase64String)];
        if (old == next.Size ? !next.Root.AsSpan().SequenceEqual(Kept!.Root) : old > 0 && !MerkleProof.VerifyConsistency(old, next.Size, Kept!.Root, next.Root, proof))
        {
            return (422, "");
        }

        (Kept, Note) = (next, note);
        return (200, _signer.Sign(next.ToText()).Split("\n\n")[1]);
    }
}
