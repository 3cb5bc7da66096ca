using System.ComponentModel.DataAnnotations;
using System.Reflection;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Schema;
using FinObs.Contracts.Resources.Validation;

namespace FinObs.Operator.Tests.Resources;

/// <summary>The table of what must be refused, in process.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string> Names => [.. BadChanges.All.Select(bad => bad.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bad_change_is_refused_at_its_field(string name)
    {
        BadChange bad = BadChanges.All.Single(change => change.Name == name);
        ReadResource good = ResourceReader.Read(bad.Good());
        Assert.Empty(good.Errors);
        ReadResource read = ResourceReader.Read(bad.Bad(), bad.Before is null ? null : good.Resource);
        Assert.Null(read.Resource);
        Assert.Contains(read.Errors, error => error.Path == bad.Field && error.Message.StartsWith(bad.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_bad_example()
    {
        IEnumerable<string> rules = Members().SelectMany(member => member.GetCustomAttributes<RuleAttribute>(inherit: false)).Select(rule => rule.Message);
        Assert.Empty(rules.Except(BadChanges.All.Select(bad => bad.Message)));
    }

    [Fact]
    public void Every_field_that_cannot_change_has_a_bad_example() =>
        Assert.Equal(
            Members().Count(member => member.IsDefined(typeof(ImmutableAttribute))),
            BadChanges.All.Where(bad => bad.Message == ImmutableAttribute.Message).Select(bad => (bad.Kind, bad.Field)).Distinct().Count());

    [Fact]
    public void Every_rule_names_the_method_that_checks_it() => Assert.All(Members(), member =>
    {
        Type declaring = member as Type ?? member.DeclaringType!;
        Assert.All(member.GetCustomAttributes<RuleAttribute>(inherit: false), rule =>
        {
            MethodInfo? check = declaring.GetMethod(rule.Check, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public);
            Assert.True(check is not null, $"{declaring.Name}.{rule.Check} for \"{rule.Message}\"");
            Assert.Equal(rule.Cel.Contains("oldSelf", StringComparison.Ordinal) ? 2 : 1, check.GetParameters().Length);
        });
    });

    [Fact]
    public void Every_bound_is_one_that_both_sides_know()
    {
        Type[] known = [typeof(StringLengthAttribute), typeof(RegularExpressionAttribute), typeof(RangeAttribute), typeof(MinLengthAttribute), typeof(MaxLengthAttribute)];
        Assert.Empty(Members().SelectMany(member => member.GetCustomAttributes<ValidationAttribute>()).Select(bound => bound.GetType()).Except(known));
    }

    private static IEnumerable<MemberInfo> Members() => typeof(CustomResource).Assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith(typeof(CustomResource).Namespace!, StringComparison.Ordinal) == true)
        .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Prepend<MemberInfo>(type));
}
