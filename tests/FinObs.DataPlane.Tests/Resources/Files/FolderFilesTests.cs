using System.Text;
using FinObs.DataPlane.Resources.Files;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Resources.Files;

/// <summary>Which files of a folder are read, and what is said of one that cannot be.</summary>
public sealed class FolderFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Yaml_and_json_are_read_in_order_and_what_is_hidden_or_something_else_is_not()
    {
        foreach (string file in (string[])["b.yaml", "a.YML", "sub/c.json", ".hidden.yaml", ".git/d.yaml", "readme.md", "e.yaml~"])
        {
            Write(file, "a: 1"u8.ToArray());
        }

        Assert.Equal(["a.YML", "b.yaml", "sub/c.json"], Read().Select(file => file.Path));
        Assert.All(Read(), file => Assert.Equal("a: 1", file.Text));
    }

    [Theory]
    [InlineData("a: \xFC", 1, "is not UTF-8")]
    [InlineData("# one\n# two\na: b\xFF\n", 3, "is not UTF-8")]
    [InlineData("a: 1\nb: \0\n", 2, "holds a NUL")]
    public void What_is_no_text_is_said_with_its_line(string latin1, int line, string message)
    {
        Write("bad.yaml", Encoding.Latin1.GetBytes(latin1));
        Write("good.yaml", "a: 1"u8.ToArray());

        FolderFile[] files = [.. Read()];

        Assert.StartsWith(message, files[0].Unreadable!.Message, StringComparison.Ordinal);
        Assert.Equal(line, files[0].UnreadableLine);
        Assert.Equal(("a: 1", null), (files[1].Text, files[1].Unreadable));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text()
    {
        Write("marked.yaml", [0xEF, 0xBB, 0xBF, .. "a: 1"u8]);
        Write("utf16.yaml", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a: 1")]);

        Assert.Equal(["a: 1", ""], Read().Select(file => file.Text));
        Assert.NotNull(Read()[^1].Unreadable);
    }

    [Fact]
    public void A_file_without_end_is_given_up_and_the_others_are_read()
    {
        File.CreateSymbolicLink(_folder.Combine("endless.yaml"), "/dev/zero");
        Write("huge.yaml", new byte[(4 << 20) + 1]);
        Write("good.yaml", "a: 1"u8.ToArray());

        FolderFile[] files = [.. Read()];

        Assert.Equal(["has more than 4,194,304 bytes: divide it", null, "has more than 4,194,304 bytes: divide it"], files.Select(file => file.Unreadable?.Message));
    }

    [Fact]
    public void A_link_to_a_file_is_followed_and_one_to_a_folder_is_not()
    {
        Write("sub/real.yaml", "a: 1"u8.ToArray());
        File.CreateSymbolicLink(_folder.Combine("link.yaml"), "sub/real.yaml");
        File.CreateSymbolicLink(_folder.Combine("nowhere.yaml"), "gone.yaml");
        Directory.CreateSymbolicLink(_folder.Combine("sub/up"), "..");

        FolderFile[] files = [.. Read()];

        Assert.Equal([("link.yaml", "a: 1"), ("nowhere.yaml", ""), ("sub/real.yaml", "a: 1")], files.Select(file => (file.Path, file.Text)));
        Assert.StartsWith("is a link that leads nowhere", files[1].Unreadable!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_too_many_files_is_not_read()
    {
        for (int i = 0; i <= 2_000; i++)
        {
            Write($"{i}.yaml", []);
        }

        Assert.Contains("more than 2,000 files", Assert.Throws<IOException>(() => Read()).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<FolderFile> Read() => FolderFiles.Read(_folder.FullPath);

    private void Write(string file, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(file))!);
        File.WriteAllBytes(_folder.Combine(file), bytes);
    }
}
