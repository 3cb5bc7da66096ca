using System.Diagnostics.CodeAnalysis;
using FinObs.DataPlane.Mcp.Calls;
using ModelContextProtocol.Protocol;

namespace FinObs.DataPlane.Mcp.Reading;

/// <summary>Something that a client can put before its model: at one address, or at one for each thing.</summary>
internal abstract class McpResource
{
    public const string Json = "application/json";

    /// <summary>Without braces, or with one name in braces in place of a segment: <c>platform://cases/{id}</c>.</summary>
    public abstract string Address { get; }

    public abstract string Name { get; }

    public abstract string Title { get; }

    public abstract string Description { get; }

    public virtual string MediaType => Json;

    /// <summary>Who lacks it does not see the resource.</summary>
    public abstract string Permission { get; }

    public bool IsTemplate => Address.Contains('{', StringComparison.Ordinal);

    public Resource Protocol => new() { Name = Name, Title = Title, Description = Description, Uri = Address, MimeType = MediaType };

    public ResourceTemplate Template => new() { Name = Name, Title = Title, Description = Description, UriTemplate = Address, MimeType = MediaType };

    /// <param name="call">Its arguments are the names in braces.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public abstract Task<ToolAnswer> ReadAsync(ToolCall call, CancellationToken cancellationToken);

    /// <summary>Whether an address is of this form, and what stands where the names are.</summary>
    public bool Matches(string address, [NotNullWhen(true)] out Dictionary<string, string>? values)
    {
        values = null;
        string[] wanted = Address.Split('/');
        string[] given = address.Split('/');
        if (wanted.Length != given.Length) return false;
        Dictionary<string, string> found = new(StringComparer.Ordinal);
        for (int i = 0; i < wanted.Length; i++)
        {
            if (wanted[i].StartsWith('{'))
            {
                string value = Uri.UnescapeDataString(given[i]);
                if (value.Length is 0 or > 200) return false;
                found[wanted[i][1..^1]] = value;
            }
            else if (wanted[i] != given[i])
            {
                return false;
            }
        }

        values = found;
        return true;
    }
}
