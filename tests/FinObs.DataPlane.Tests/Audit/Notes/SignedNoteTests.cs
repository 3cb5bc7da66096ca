using FinObs.DataPlane.Audit.Notes;

namespace FinObs.DataPlane.Tests.Audit.Notes;

public class SignedNoteTests
{
    /// <summary>c2sp.org/signed-note, "Verifier keys, Example".</summary>
    private const string ExampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    private const string ExampleNote = """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """;

    /// <summary>Keys and note of golang.org/x/mod/sumdb/note, whose format C2SP took over. The private key's text is name, id and base64 of 0x01 ‖ seed.</summary>
    private const string GoKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string GoSeed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private const string GoText = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private const string GoNote = GoText + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    [Fact]
    public void The_specifications_example_verifies() => Assert.True(SignedNote.Parse(ExampleNote).IsSignedBy(NoteVerifier.Parse(ExampleKey)));

    [Fact]
    public void Our_signature_is_byte_for_byte_the_one_of_Gos_note_package()
    {
        using var signer = new NoteSigner("PeterNeumann", Convert.FromBase64String(GoSeed).AsSpan(1));
        Assert.Equal(GoKey, signer.Verifier.Text);
        Assert.Equal(GoNote, signer.Sign(GoText));
    }

    [Fact]
    public void A_known_keys_signature_beside_a_strangers_is_enough()
    {
        const string Stranger = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";
        Assert.True(SignedNote.Parse(GoNote + Stranger).IsSignedBy(NoteVerifier.Parse(GoKey)));
        Assert.False(SignedNote.Parse(GoText + "\n" + Stranger).IsSignedBy(NoteVerifier.Parse(GoKey)));
    }

    [Fact]
    public void Any_changed_character_of_a_note_is_noticed()
    {
        var key = NoteVerifier.Parse(ExampleKey);
        for (var i = 0; i < ExampleNote.Length; i++)
        {
            var changed = string.Concat(ExampleNote.AsSpan(0, i), ((char)(ExampleNote[i] ^ 1)).ToString(), ExampleNote.AsSpan(i + 1));
            Assert.False(Verifies(changed, key), $"character {i}");
        }
    }

    [Theory]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm")]
    [InlineData("example.com/foo")]
    [InlineData("")]
    public void A_verifier_key_whose_parts_disagree_is_refused(string vkey) => Assert.Throws<FormatException>(() => NoteVerifier.Parse(vkey));

    [Theory]
    [InlineData("text\n"), InlineData("text\n\n"), InlineData("text\n\n— name\n"), InlineData("text\n\n- name AAAAAAA=\n"), InlineData("te\txt\n\n— name AAAAAAA=\n"), InlineData("")]
    public void What_is_not_a_note_is_refused(string text) => Assert.Throws<FormatException>(() => SignedNote.Parse(text));

    [Fact]
    public void A_checkpoint_is_three_lines_signed_under_its_origin()
    {
        using var signer = new NoteSigner("bank.example/audit", new byte[32]);
        var checkpoint = new Checkpoint("bank.example/audit", 20852163, Convert.FromBase64String("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="));
        Assert.Equal("bank.example/audit\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", checkpoint.ToText());
        var opened = Checkpoint.Open(signer.Sign(checkpoint.ToText()), signer.Verifier);
        Assert.Equal((checkpoint.Origin, checkpoint.Size), (opened.Origin, opened.Size));
        Assert.Equal(checkpoint.Root, opened.Root);

        using var other = new NoteSigner("bank.example/audit", [.. Enumerable.Repeat((byte)1, 32)]);
        Assert.Throws<FormatException>(() => Checkpoint.Open(other.Sign(checkpoint.ToText()), signer.Verifier));
        Assert.Throws<FormatException>(() => Checkpoint.Open(signer.Sign(checkpoint.ToText().Replace("bank", "rank", StringComparison.Ordinal)), signer.Verifier));
    }

    [Theory]
    [InlineData("o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n")]
    [InlineData("o\n1\nCsUY\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n")]
    public void A_checkpoint_in_another_form_is_refused(string text) => Assert.Throws<FormatException>(() => Checkpoint.Parse(text));

    private static bool Verifies(string note, NoteVerifier key)
    {
        try
        {
            return SignedNote.Parse(note).IsSignedBy(key);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
