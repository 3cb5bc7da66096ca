using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;

namespace FinObs.Kubectl;

/// <summary>The data plane's audit log as somebody sees it who believes the key and nothing else: hashes and signatures are computed here.</summary>
internal sealed class AuditLog(HttpClient http, NoteVerifier key)
{
    /// <summary>The newest checkpoint, as it was signed.</summary>
    /// <exception cref="CommandException">There is none, or another key signed it.</exception>
    public async Task<(string Note, Checkpoint Checkpoint)> NewestAsync(CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await http.GetAsync(new Uri("v1/audit/checkpoint", UriKind.Relative), cancellationToken);
        await DataPlaneOptions.RequireAsync(answer, cancellationToken);
        string note = await answer.Content.ReadAsStringAsync(cancellationToken);
        return (note, Open(note));
    }

    /// <summary>A note that was kept, or has just come.</summary>
    /// <exception cref="CommandException">It is none of this key.</exception>
    public Checkpoint Open(string note)
    {
        try
        {
            return Checkpoint.Open(note, key);
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message);
        }
    }

    /// <summary>Whether a leaf is in the signed tree; null where it is, else why not.</summary>
    public async Task<string?> WhyNotAsync(string leaf, CancellationToken cancellationToken)
    {
        using HttpResponseMessage shown = await http.GetAsync(new Uri($"v1/audit/leaves/{Uri.EscapeDataString(leaf)}", UriKind.Relative), cancellationToken);
        if (shown.StatusCode == HttpStatusCode.NotFound) return $"the log has no leaf {leaf}";
        await DataPlaneOptions.RequireAsync(shown, cancellationToken);
        LeafShown bytes = await ReadAsync<LeafShown>(shown, cancellationToken);

        using HttpResponseMessage answer = await http.GetAsync(new Uri($"v1/audit/leaves/{Uri.EscapeDataString(leaf)}/proof", UriKind.Relative), cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Conflict) return $"the leaf {leaf} is not in a signed tree yet: ask again in a second";
        await DataPlaneOptions.RequireAsync(answer, cancellationToken);
        ProofShown proof = await ReadAsync<ProofShown>(answer, cancellationToken);
        Checkpoint checkpoint = Open(proof.Checkpoint);
        bool isIn = checkpoint.Size == Whole(proof.Size)
            && MerkleProof.VerifyInclusion(MerkleHash.Leaf(Bytes(bytes.Leaf)), Whole(proof.Index), checkpoint.Size, [.. proof.Hashes.Select(Bytes)], checkpoint.Root);
        return isIn ? null : $"the proof of the leaf {leaf} does not lead to the signed root";
    }

    /// <summary>Whether the log has only grown since a checkpoint; null where it has, else why not.</summary>
    public async Task<string?> WhyNotGrownAsync(Checkpoint kept, Checkpoint newest, CancellationToken cancellationToken)
    {
        if (newest.Size < kept.Size) return $"the log had {kept.Size} leaves and has {newest.Size} now";
        using HttpResponseMessage answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"v1/audit/consistency?from={kept.Size}&to={newest.Size}"), UriKind.Relative), cancellationToken);
        await DataPlaneOptions.RequireAsync(answer, cancellationToken);
        GrowthShown proof = await ReadAsync<GrowthShown>(answer, cancellationToken);
        return MerkleProof.VerifyConsistency(kept.Size, newest.Size, kept.Root, newest.Root, [.. proof.Hashes.Select(Bytes)])
            ? null
            : $"the tree of {newest.Size} leaves does not begin with the tree of {kept.Size} that was kept: something before was changed or removed";
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancellationToken) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new CommandException($"the data plane answered something that this tool does not understand: {e.Message}");
        }
    }

    private static byte[] Bytes(string base64) => StrictBase64.Decode(base64) ?? throw new CommandException("the data plane answered something that is no base64");

    private static long Whole(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw new CommandException($"the data plane answered {text} where a number belongs");

    private sealed record LeafShown(string Leaf);

    private sealed record ProofShown(string Index, string Size, IReadOnlyList<string> Hashes, string Checkpoint);

    private sealed record GrowthShown(IReadOnlyList<string> Hashes);
}
