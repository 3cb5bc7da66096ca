using System.Security.Cryptography;
using FinObs.DataPlane.Ledger;

namespace FinObs.DataPlane.Tests.Ledger;

public class IdempotencyKeyTests
{
    private static readonly byte[] Id = SHA256.HashData("txn-1"u8);

    [Fact]
    public void An_id_has_one_key_in_each_namespace_and_source()
    {
        Guid[] keys =
        [
            IdempotencyKey.Of("default", "webhook", Id), IdempotencyKey.Of("default", "import", Id), IdempotencyKey.Of("other", "webhook", Id),
            IdempotencyKey.Of("default", "webhook", SHA256.HashData("txn-2"u8)),
        ];
        Assert.Equal(4, keys.Distinct().Count());
        Assert.Equal(keys[0], IdempotencyKey.Of("default", "webhook", Id));
    }

    [Fact]
    public void The_keys_of_all_sources_of_a_namespace_lie_in_one_range_and_no_others()
    {
        (Guid from, Guid to) = IdempotencyKey.AnySource("default", Id);
        Assert.All(["webhook", "import", "pull:x"], source => Assert.True(In(IdempotencyKey.Of("default", source, Id))));
        Assert.False(In(IdempotencyKey.Of("other", "webhook", Id)));
        Assert.False(In(IdempotencyKey.Of("default", "webhook", SHA256.HashData("txn-2"u8))));

        bool In(Guid key) => key >= from && key <= to;
    }

    /// <summary>Rows of an earlier version must be found by a later one.</summary>
    [Fact]
    public void Keys_never_change() => Assert.Equal("e50dac1b-fc8f-687c-6569-d6b5844b9df2", IdempotencyKey.Of("default", "webhook", Id).ToString());
}
