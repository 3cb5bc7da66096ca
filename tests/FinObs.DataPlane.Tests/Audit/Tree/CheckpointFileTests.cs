using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Audit.Tree;

public class CheckpointFileTests
{
    [Fact]
    public async Task Every_published_checkpoint_is_appended_and_read_back_in_order()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        Assert.Null(audit.File.Last());
        for (var i = 0; i < 3; i++)
        {
            await audit.CommitAsync(10);
            await audit.SequenceAsync();
        }
        var text = await File.ReadAllTextAsync(audit.File.FullPath, audit.Stop);
        var sizes = CheckpointFile.Parse(text).Select(p => p.Checkpoint.Size).ToList();
        Assert.Equal(30, sizes[^1]);
        Assert.Equal(sizes.Order(), sizes);
        Assert.Equal(30, audit.File.Last()!.Size);
    }

    [Fact]
    public async Task A_note_that_a_crash_cut_short_spoils_neither_the_one_before_nor_the_one_after()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(1);
        await audit.SequenceAsync();
        var whole = await File.ReadAllBytesAsync(audit.File.FullPath, audit.Stop);
        var checkpoint = (await audit.Reader.LatestCheckpointAsync(audit.Stop))!;
        for (var cut = 0; cut < whole.Length; cut++)
        {
            await File.WriteAllBytesAsync(audit.File.FullPath, [.. whole, .. whole[..cut]], audit.Stop);
            Assert.Equal(1, audit.File.Last()!.Size);
            audit.File.Append(checkpoint with { Note = audit.Keyring.Signer.Sign(new DataPlane.Audit.Notes.Checkpoint("finobs.local/audit", 2, checkpoint.Root).ToText()) });
            Assert.Equal(2, audit.File.Last()!.Size);
        }
    }
}
