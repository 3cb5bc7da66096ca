using System.Security.Cryptography;
using System.Text;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>
/// Name of everything that belongs to a model version (or to another object): a DNS-1035 label (a Service's name may be nothing else), at most 63 long. It ends with a hash
/// of the version's own name, because dots become hyphens and long names are cut: <c>fraud-1.2-0</c> and <c>fraud-1-2.0</c> stay apart.
/// </summary>
internal static class ChildName
{
    private const int Longest = 63;
    private const int HashLength = 8;

    /// <param name="versionName">Name of the ModelVersion.</param>
    public static string Of(string versionName) => Of("mv", versionName, versionName);

    /// <param name="prefix">What it is.</param>
    /// <param name="name">Whose it is: for people, cut where it is long.</param>
    /// <param name="identity">What makes it another one.</param>
    public static string Of(string prefix, string name, string identity)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..HashLength];
        string readable = $"{prefix}-{name.Replace('.', '-')}";
        return $"{readable[..Math.Min(readable.Length, Longest - HashLength - 1)].TrimEnd('-')}-{hash}";
    }
}
