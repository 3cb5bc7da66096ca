using System.Text;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Tests.Audit.Canonical;

public sealed class CanonicalObjectTests
{
    [Fact]
    public void Members_come_out_in_canonical_order_whatever_order_they_are_given_in()
    {
        byte[] bytes = CanonicalObject.Of(("z", true), ("a", "x"), ("b", null), ("list", new[] { "2", "1" }), ("Z", 7));

        Assert.Equal("""{"Z":7,"a":"x","b":null,"list":["2","1"],"z":true}""", Encoding.UTF8.GetString(bytes));
        Assert.True(CanonicalJson.IsCanonical(bytes));
    }

    [Fact]
    public void A_name_twice_and_a_value_without_a_form_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => CanonicalObject.Of(("a", 1), ("a", 2)));
        Assert.Throws<ArgumentException>(() => CanonicalObject.Of(("a", new object())));
    }
}
