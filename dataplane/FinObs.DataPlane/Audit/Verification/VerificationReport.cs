namespace FinObs.DataPlane.Audit.Verification;

internal enum FindingKind
{
    /// <summary>Something is not what was signed: evidence of tampering or damage.</summary>
    Lie = 0,

    /// <summary>A payload whose key was destroyed: unreadable by design, its leaf still proven.</summary>
    Shredded = 1,

    /// <summary>Asked for, but not checkable with what was given.</summary>
    Unchecked = 2,

    /// <summary>Not shown to whoever asked for the file; its leaf is proven.</summary>
    Withheld = 3,

    /// <summary>Belongs to the evidence, but only the host that made the file vouches for it.</summary>
    Unproven = 4,

    /// <summary>History that was lost with a restored database, as a leaf says.</summary>
    Restored = 5,
}

/// <summary>One thing found.</summary>
/// <param name="Kind">How bad.</param>
/// <param name="Where">Leaf, line, row or byte offset.</param>
/// <param name="What">A sentence.</param>
internal sealed record Finding(FindingKind Kind, string Where, string What);

/// <summary>What a verification found and counted.</summary>
internal sealed class VerificationReport
{
    /// <summary>A wholly rewritten log lies in every leaf: a hundred are enough to see that.</summary>
    private const int MaxListed = 100;
    private readonly List<Finding> _findings = [];

    public IReadOnlyList<Finding> Findings => _findings;
    public int Lies { get; private set; }
    public int Shredded { get; private set; }
    public int Unchecked { get; private set; }
    public int Others { get; private set; }
    public long Leaves { get; set; }
    public long Payloads { get; set; }
    public long LiveRows { get; set; }
    public long Checkpoints { get; set; }
    public string? Key { get; set; }

    /// <summary>0: all is as signed; 1: something lied; 2: nothing lied, but something asked for could not be checked.</summary>
    public int ExitCode => Lies > 0 ? 1 : Unchecked > 0 ? 2 : 0;

    public void Add(FindingKind kind, string where, string what)
    {
        var count = kind switch { FindingKind.Lie => ++Lies, FindingKind.Shredded => ++Shredded, FindingKind.Unchecked => ++Unchecked, _ => ++Others };
        if (count <= MaxListed) _findings.Add(new Finding(kind, where, what));
    }

    public void Lie(string where, string what) => Add(FindingKind.Lie, where, what);

    public async Task WriteAsync(TextWriter output, bool keyWasGiven)
    {
        foreach (var finding in _findings) await output.WriteLineAsync($"{Word(finding.Kind)}  {finding.Where}: {finding.What}");
        var unlisted = Lies + Shredded + Unchecked + Others - _findings.Count;
        if (unlisted > 0) await output.WriteLineAsync($"… and {unlisted} more findings of these kinds.");
        await output.WriteLineAsync(
            $"Checked {Leaves} leaves, {Payloads} payloads, {LiveRows} live rows, {Checkpoints} checkpoints: {Lies} lies, {Shredded} payloads shredded, {Unchecked} not checkable.");
        if (Key is not null && !keyWasGiven)
            await output.WriteLineAsync($"The key came with the data: {Key}\nCompare it with a copy that you trust, or pass that copy with --key: who can replace everything can also replace the key.");
        await output.WriteLineAsync(ExitCode switch { 0 => "VERIFIED", 1 => "NOT TRUE", _ => "NOT FULLY CHECKED" });
    }

    private static string Word(FindingKind kind) => kind switch { FindingKind.Lie => "LIE      ", FindingKind.Shredded => "SHREDDED ", FindingKind.Unchecked => "UNCHECKED", FindingKind.Withheld => "WITHHELD ", FindingKind.Restored => "RESTORED ", _ => "UNPROVEN " };
}
