namespace FinObs.DataPlane.Exports;

/// <summary>What can be exported. The slice that has the rows registers one.</summary>
internal interface IExportSource
{
    /// <summary>Its name, e.g. <c>transactions</c>.</summary>
    string Type { get; }

    IReadOnlyList<ExportColumn> Columns { get; }

    /// <summary>What asking for it and fetching it need besides the permissions for exports; null = nothing.</summary>
    string? Permission => null;

    /// <summary>Filters that it knows besides <c>from</c> and <c>to</c>, and what they take.</summary>
    IReadOnlyDictionary<string, string> Filters { get; }

    /// <summary>The sentence that says why a filter's value cannot be used; null where it can.</summary>
    string? Refuse(string filter, string value);

    /// <summary>Rows, oldest first, in pages of its own making: never all of them at once. Values in the order of <see cref="Columns"/>.</summary>
    IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, CancellationToken cancellationToken);
}

/// <summary>A column of an export.</summary>
/// <param name="Name">As in the file.</param>
/// <param name="IsPersonal">Its values are personal data: those who may not read such get tokens, the same for the same value.</param>
internal sealed record ExportColumn(string Name, bool IsPersonal = false);

/// <summary>Which rows.</summary>
/// <param name="Namespace">Tenant.</param>
/// <param name="From">Since when, inclusive; null = from the beginning.</param>
/// <param name="To">Until when, exclusive: at the latest when the export was asked for.</param>
/// <param name="Filters">Checked by the source.</param>
internal sealed record ExportScope(string Namespace, DateTimeOffset? From, DateTimeOffset To, IReadOnlyDictionary<string, string> Filters);
