namespace FinObs.DataPlane.Audit.Evidence;

/// <summary>
/// Things that belong to a story though their leaves are not about it: one of their payloads names it in <c>items</c>, as a case names the transactions that it groups. The slice that has them registers one.
/// </summary>
internal interface IStoryLink
{
    /// <summary>The ids of such things; none for most.</summary>
    /// <param name="about">Whose story, e.g. a decision's id.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<IReadOnlyList<Guid>> OfAsync(Guid about, CancellationToken cancellationToken);
}
