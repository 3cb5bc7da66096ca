using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources;

/// <summary>A key of a Secret in the same namespace.</summary>
public sealed record SecretKeyRef
{
    /// <summary>Name of the Secret.</summary>
    [StringLength(253, MinimumLength = 1), RegularExpression(Patterns.DnsSubdomain)]
    public required string Name { get; init; }

    /// <summary>Which of its keys.</summary>
    [StringLength(253, MinimumLength = 1), RegularExpression("^[-._a-zA-Z0-9]+$")]
    public required string Key { get; init; }
}

/// <summary>A whole Secret in the same namespace, e.g. of type <c>kubernetes.io/tls</c>.</summary>
public sealed record SecretRef
{
    /// <summary>Name of the Secret.</summary>
    [StringLength(253, MinimumLength = 1), RegularExpression(Patterns.DnsSubdomain)]
    public required string Name { get; init; }
}

/// <summary>Another object of a known kind in the same namespace.</summary>
public sealed record ObjectRef
{
    /// <summary>Its name.</summary>
    [StringLength(253, MinimumLength = 1), RegularExpression(Patterns.DnsSubdomain)]
    public required string Name { get; init; }
}

/// <summary>A model, or one version of it.</summary>
public sealed record ModelRef
{
    /// <summary>Name of the model.</summary>
    [StringLength(63, MinimumLength = 1), RegularExpression(Patterns.DnsLabel)]
    public required string Model { get; init; }

    /// <summary>One version; none = the stable one, whichever it is.</summary>
    [StringLength(63), RegularExpression(Patterns.Version)]
    public string? Version { get; init; }
}

/// <summary>Which addresses a connection may go to. Checked when it is made, on the address that the name resolved to.</summary>
public sealed record NetworkPolicy
{
    /// <summary>Address ranges that are allowed although they are private.</summary>
    [MaxLength(32), ItemPattern(Patterns.Cidr)]
    public IReadOnlyList<string>? AllowedCidrs { get; init; }

    /// <summary>True: private, loopback and link-local addresses are allowed.</summary>
    public bool AllowPrivate { get; init; }
}
