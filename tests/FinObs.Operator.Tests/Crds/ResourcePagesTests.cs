using FinObs.Contracts.Resources;
using FinObs.Operator.Crds;
using FinObs.Testing;

namespace FinObs.Operator.Tests.Crds;

public sealed class ResourcePagesTests
{
    private static readonly string Folder = RepositoryRoot.Combine("docs/resources");

    public static TheoryData<string> Kinds => [.. ResourceKinds.All.Select(kind => kind.Name)];

    [Fact]
    public void The_committed_pages_say_what_the_records_say() =>
        Assert.All(ResourcePages.Generate(Folder), page => Assert.Equal(page.Value, File.ReadAllText(Path.Combine(Folder, page.Key))));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_condition_has_reasons_and_every_reason_a_condition(string kind)
    {
        IReadOnlyList<ConditionList.Entry> conditions = ConditionList.Of(ResourceKinds.Find(kind)!, XmlDocumentation.OfContracts());
        Assert.All(conditions, condition => Assert.NotEmpty(condition.Reasons));
        HashSet<string> listed = [.. conditions.SelectMany(condition => condition.Reasons).Select(reason => reason.Name)];
        Type reasons = ResourceKinds.Find(kind)!.Type.Assembly.GetType($"{ResourceKinds.Find(kind)!.Type.FullName}Reasons", throwOnError: true)!;
        Assert.Empty(reasons.GetFields().Concat(typeof(CommonReasons).GetFields()).Select(field => (string)field.GetRawConstantValue()!).Except(listed));
    }
}
