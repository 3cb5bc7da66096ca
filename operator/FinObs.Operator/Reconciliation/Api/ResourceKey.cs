namespace FinObs.Operator.Reconciliation.Api;

/// <summary>Where an object is: its namespace and name. The kind goes without saying.</summary>
/// <param name="Namespace">Empty for an object without a namespace.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct ResourceKey(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
