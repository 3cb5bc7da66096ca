using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Unicode;

namespace FinObs.DataPlane.Audit.Canonical;

/// <summary>
/// Writes RFC 8785 canonical JSON front to back into a reused buffer. Property names must arrive in order of their UTF-16 code units and only once: the writer refuses others rather than sorting,
/// so that a leaf costs one pass. Values that a reader's double would damage (64-bit integers, decimals) and times become strings of one fixed form.
/// </summary>
internal sealed class CanonicalJsonWriter
{
    private const int MaxDepth = 64;
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0x20).Select(c => (char)c)) + "\"\\");

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5f).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    private readonly Level[] _levels = new Level[MaxDepth];
    private byte[] _buffer = new byte[1024];
    private int _length;
    private int _depth = -1;
    private bool _afterName;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Reset()
    {
        _length = 0;
        _depth = -1;
        _afterName = false;
    }

    public void BeginObject() => Begin((byte)'{');
    public void EndObject() => End((byte)'}');
    public void BeginArray() => Begin((byte)'[');
    public void EndArray() => End((byte)']');

    /// <summary>A property's name in UTF-8.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        var plain = name.IndexOfAnyExcept(PlainBytes) < 0;
        _levels[_depth].Follow(name, plain);
        Separate();
        if (plain)
        {
            var to = Reserve(name.Length + 3);
            to[0] = (byte)'"';
            name.CopyTo(to[1..]);
            to[name.Length + 1] = (byte)'"';
            to[name.Length + 2] = (byte)':';
            _length += name.Length + 3;
        }
        else
        {
            Quote(System.Text.Encoding.UTF8.GetString(name));
            Append((byte)':');
        }
        _afterName = true;
    }

    public void Name(string name) => Name(System.Text.Encoding.UTF8.GetBytes(name));

    /// <exception cref="ArgumentException">The string holds half a surrogate pair, which UTF-8 cannot carry.</exception>
    public void Value(string? value)
    {
        Separate();
        if (value is null) AppendRaw("null"u8);
        else Quote(value);
    }

    public void Null() => Value(null);

    public void Value(bool value)
    {
        Separate();
        AppendRaw(value ? "true"u8 : "false"u8);
    }

    /// <summary>A JSON number: 32 bits are exact in every reader.</summary>
    public void Value(int value)
    {
        Separate();
        Utf8Formatter.TryFormat(value, Reserve(16), out var n);
        _length += n;
    }

    /// <summary>A string: readers of JSON lose integers beyond 2^53.</summary>
    public void Value(long value)
    {
        Separate();
        var to = Reserve(32);
        to[0] = (byte)'"';
        Utf8Formatter.TryFormat(value, to[1..], out var n);
        to[n + 1] = (byte)'"';
        _length += n + 2;
    }

    /// <summary>A string without exponent and without trailing zeros, so that 1.50 and 1.5000000000 (as a database returns it) are the same bytes.</summary>
    public void Value(decimal value)
    {
        Separate();
        var to = Reserve(48);
        to[0] = (byte)'"';
        if (value == 0) value = 0m; // neither -0 nor 0.00
        value.TryFormat(to[1..], out var n, "G", CultureInfo.InvariantCulture);
        if (to.Slice(1, n).Contains((byte)'.'))
        {
            while (to[n] == '0') n--;
            if (to[n] == '.') n--;
        }
        to[n + 1] = (byte)'"';
        _length += n + 2;
    }

    /// <summary>A JSON number as ECMAScript writes it.</summary>
    public void Value(double value)
    {
        Separate();
        _length += EcmaScriptNumber.Format(value, Reserve(EcmaScriptNumber.MaxLength));
    }

    /// <summary>UTC, cut to microseconds: <c>"2026-01-02T03:04:05.000006Z"</c>.</summary>
    public void Value(DateTimeOffset value)
    {
        Separate();
        var to = Reserve(32);
        to[0] = (byte)'"';
        value.UtcDateTime.TryFormat(to[1..], out _, "O", CultureInfo.InvariantCulture); // seven digits and 'Z': .0000069Z
        const int Kept = 26; // up to the sixth digit
        to[1 + Kept] = (byte)'Z';
        to[2 + Kept] = (byte)'"';
        _length += Kept + 3;
    }

    /// <summary>Lower-case with hyphens.</summary>
    public void Value(Guid value)
    {
        Separate();
        var to = Reserve(38);
        to[0] = to[37] = (byte)'"';
        value.TryFormat(to[1..], out _, "D");
        _length += 38;
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public void Hex(ReadOnlySpan<byte> value)
    {
        Separate();
        var size = value.Length * 2;
        var to = Reserve(size + 2);
        to[0] = to[size + 1] = (byte)'"';
        Convert.TryToHexStringLower(value, to[1..], out _);
        _length += size + 2;
    }

    /// <summary>Standard base64 with padding.</summary>
    public void Base64(ReadOnlySpan<byte> value)
    {
        Separate();
        var size = System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(value.Length);
        var to = Reserve(size + 2);
        to[0] = to[size + 1] = (byte)'"';
        System.Buffers.Text.Base64.EncodeToUtf8(value, to[1..], out _, out _);
        _length += size + 2;
    }

    public void Property(ReadOnlySpan<byte> name, string? value) { Name(name); Value(value); }
    public void Property(ReadOnlySpan<byte> name, bool value) { Name(name); Value(value); }
    public void Property(ReadOnlySpan<byte> name, int value) { Name(name); Value(value); }
    public void Property(ReadOnlySpan<byte> name, long value) { Name(name); Value(value); }
    public void Property(ReadOnlySpan<byte> name, decimal value) { Name(name); Value(value); }
    public void Property(ReadOnlySpan<byte> name, double value) { Name(name); Value(value); }
    public void Property(ReadOnlySpan<byte> name, DateTimeOffset value) { Name(name); Value(value); }
    public void Property(ReadOnlySpan<byte> name, Guid value) { Name(name); Value(value); }

    private void Begin(byte bracket)
    {
        Separate();
        if (++_depth == MaxDepth) throw new ArgumentException($"JSON nested deeper than {MaxDepth} levels is not written.");
        _levels[_depth].Start();
        Append(bracket);
    }

    private void End(byte bracket)
    {
        if (_afterName) throw new InvalidOperationException("A property's name has no value.");
        Append(bracket);
        _depth--;
    }

    private void Separate()
    {
        if (_afterName) { _afterName = false; return; }
        if (_depth < 0) return;
        if (_levels[_depth].HasItems) Append((byte)',');
        _levels[_depth].HasItems = true;
    }

    private void Quote(string value)
    {
        var to = Reserve((value.Length * 6) + 2); // \u00xx is the longest form of a char
        var at = 0;
        to[at++] = (byte)'"';
        ReadOnlySpan<char> rest = value;
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOfAny(Escaped);
            var run = plain < 0 ? rest : rest[..plain];
            if (Utf8.FromUtf16(run, to[at..], out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
                throw new ArgumentException("A string with half a surrogate pair has no canonical JSON form.", nameof(value));
            at += written;
            if (plain < 0) break;
            at += Escape(rest[plain], to[at..]);
            rest = rest[(plain + 1)..];
        }
        to[at++] = (byte)'"';
        _length += at;
    }

    private static int Escape(char c, Span<byte> to)
    {
        to[0] = (byte)'\\';
        var letter = c switch { '"' => '"', '\\' => '\\', '\b' => 'b', '\t' => 't', '\n' => 'n', '\f' => 'f', '\r' => 'r', _ => 'u' };
        to[1] = (byte)letter;
        if (letter != 'u') return 2;
        to[2] = to[3] = (byte)'0';
        to[4] = (byte)"0123456789abcdef"[c >> 4];
        to[5] = (byte)"0123456789abcdef"[c & 15];
        return 6;
    }

    private void Append(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    private void AppendRaw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    private Span<byte> Reserve(int size)
    {
        if (_buffer.Length - _length < size) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        return _buffer.AsSpan(_length);
    }

    /// <summary>One open bracket: whether a comma is due, and the last property name (to hold the order).</summary>
    private struct Level
    {
        public bool HasItems;
        private byte[]? _last;
        private int _lastLength;
        private bool _lastPlain;

        public void Start()
        {
            HasItems = false;
            _lastLength = -1;
        }

        public void Follow(ReadOnlySpan<byte> name, bool plain)
        {
            if (_lastLength >= 0 && Compare(_last.AsSpan(0, _lastLength), name, plain && _lastPlain) >= 0)
                throw new InvalidOperationException($"Property '{System.Text.Encoding.UTF8.GetString(name)}' is out of canonical order.");
            if (_last is null || _last.Length < name.Length) _last = new byte[Math.Max(32, name.Length)];
            name.CopyTo(_last);
            (_lastLength, _lastPlain) = (name.Length, plain);
        }

        // UTF-8 and UTF-16 order ASCII alike, but not U+E000..U+FFFF against surrogate pairs.
        private static int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, bool plain) => plain
            ? a.SequenceCompareTo(b)
            : string.CompareOrdinal(System.Text.Encoding.UTF8.GetString(a), System.Text.Encoding.UTF8.GetString(b));
    }
}
