using FinObs.Contracts.Resources;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;

namespace FinObs.Operator.Tests.Reconciliation;

public sealed class ResourceCacheTests
{
    private readonly ResourceCache<Gadget> _cache = new(ResourceKind<Gadget>.Instance.Meta);
    private readonly CacheIndex<Gadget> _bySecret;
    private readonly List<(string? Before, string? After)> _changes = [];

    public ResourceCacheTests()
    {
        _bySecret = _cache.AddIndex(gadget => gadget.Spec.Secret is { } secret ? [secret] : []);
        _cache.OnChange(change => _changes.Add((change.Before?.Metadata.ResourceVersion, change.After?.Metadata.ResourceVersion)));
    }

    [Fact]
    public void An_older_state_is_passed_over()
    {
        _cache.Put("", Gadget("a", "10"));
        _cache.Put("", Gadget("a", "9"));
        _cache.Put("", Gadget("a", "10"));
        Assert.Equal("10", Version("a"));
        Assert.Equal([(null, "10")], _changes);
    }

    [Fact]
    public void Versions_are_compared_as_numbers_of_any_length()
    {
        _cache.Put("", Gadget("a", "9"));
        _cache.Put("", Gadget("a", "10"));
        _cache.Put("", Gadget("a", "99999999999999999999999"));
        _cache.Put("", Gadget("a", "11"));
        Assert.Equal("99999999999999999999999", Version("a"));
    }

    [Fact]
    public void A_late_deletion_does_not_remove_what_came_after_it()
    {
        _cache.Put("", Gadget("a", "10"));
        _cache.Remove("", Gadget("a", "9"));
        Assert.Equal("10", Version("a"));
        _cache.Remove("", Gadget("a", "11"));
        Assert.Null(Version("a"));
        Assert.Equal([(null, "10"), ("10", null)], _changes);
    }

    [Fact]
    public void What_a_list_does_not_hold_is_gone_and_that_is_told()
    {
        _cache.Replace("", new ResourceList<Gadget>([Gadget("a", "1"), Gadget("b", "2"), Gadget("c", "3")], "5"));
        _changes.Clear();
        _cache.Replace("", new ResourceList<Gadget>([Gadget("a", "1"), Gadget("b", "7")], "8"));
        Assert.Equal([("2", "7"), ("3", null)], _changes);
        Assert.Equal(["a", "b"], _cache.All().Select(gadget => gadget.Metadata.Name).Order());
    }

    [Fact]
    public void A_list_of_one_namespace_says_nothing_about_another()
    {
        _cache.Replace("one", new ResourceList<Gadget>([Gadget("a", "1", space: "one")], "5"));
        _cache.Replace("two", new ResourceList<Gadget>([Gadget("b", "2", space: "two")], "5"));
        _cache.Replace("one", new ResourceList<Gadget>([], "6"));
        Assert.Equal(["b"], _cache.All().Select(gadget => gadget.Metadata.Name));
    }

    [Fact]
    public void Our_own_write_is_seen_at_once_and_no_older_state_comes_back()
    {
        _cache.Replace("", new ResourceList<Gadget>([Gadget("a", "10")], "10"));
        _cache.Written(Gadget("a", "12"));
        Assert.Equal("12", Version("a"));
        _cache.Put("", Gadget("a", "11"));
        Assert.Equal("12", Version("a"));
        _cache.Put("", Gadget("a", "12"));
        Assert.Equal([(null, "10"), ("10", "12")], _changes);
    }

    [Fact]
    public void Our_own_write_does_not_bring_back_what_the_watch_has_seen_deleted()
    {
        _cache.Replace("", new ResourceList<Gadget>([Gadget("a", "10")], "10"));
        // The watch was faster than the answer to the write 11: it has told of the deletion 12 already.
        _cache.Remove("", Gadget("a", "12"));
        _cache.Written(Gadget("a", "11"));
        Assert.Null(Version("a"));
    }

    [Fact]
    public void What_was_written_after_a_list_was_made_survives_it()
    {
        _cache.Replace("", new ResourceList<Gadget>([], "10"));
        _cache.Written(Gadget("a", "12"));
        _cache.Replace("", new ResourceList<Gadget>([], "11"));
        Assert.Equal("12", Version("a"));
        _cache.Replace("", new ResourceList<Gadget>([], "13"));
        Assert.Null(Version("a"));
    }

    [Fact]
    public void Before_the_first_list_nothing_is_known_not_even_our_own_writes()
    {
        _cache.Written(Gadget("a", "12"));
        Assert.Null(Version("a"));
    }

    [Fact]
    public void A_bookmark_moves_the_point_up_to_which_the_watch_knows_better()
    {
        _cache.Replace("", new ResourceList<Gadget>([], "10"));
        _cache.Bookmark("", "20");
        _cache.Written(Gadget("a", "15"));
        Assert.Null(Version("a"));
    }

    [Fact]
    public void An_index_follows_every_change()
    {
        _cache.Put("", Gadget("a", "1", secret: "s"));
        _cache.Put("", Gadget("b", "2", secret: "s"));
        Assert.Equal(["a", "b"], Names("s"));
        _cache.Put("", Gadget("a", "3", secret: "t"));
        Assert.Equal(["b"], Names("s"));
        Assert.Equal(["a"], Names("t"));
        _cache.Remove("", Gadget("b", "4"));
        Assert.Empty(Names("s"));
    }

    private static Gadget Gadget(string name, string version, string? secret = null, string space = "default") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = space, Uid = $"uid-{name}", ResourceVersion = version },
        Spec = new GadgetSpec { Secret = secret },
    };

    private string? Version(string name) => _cache.Find(new ResourceKey("default", name))?.Metadata.ResourceVersion;

    private IEnumerable<string> Names(string secret) => _bySecret.Find(secret).Select(gadget => gadget.Metadata.Name).Order();
}
