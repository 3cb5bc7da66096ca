namespace FinObs.Operator.Reconciliation.Api;

/// <summary>
/// Order of resource versions. Of one kind they are decimal numbers of any length that grow with every write
/// (Kubernetes API concepts, "Resource versions"; guaranteed since 1.35, true of etcd always).
/// </summary>
internal static class ResourceVersions
{
    /// <summary>Less than zero where <paramref name="left"/> is older; zero where they are the same or cannot be compared.</summary>
    public static int Compare(string? left, string? right)
    {
        if (!IsNumber(left) || !IsNumber(right))
        {
            return 0;
        }

        return left!.Length != right!.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
    }

    private static bool IsNumber(string? text) => !string.IsNullOrEmpty(text) && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}
