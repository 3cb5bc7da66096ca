using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Ingestion.Mapping;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Pulls.Fetching;

/// <summary>
/// Reads the items of a JSON answer of any length, holding one item at a time, and the cursor wherever it stands beside them.
/// </summary>
/// <param name="input">The answer.</param>
/// <param name="itemsPath">Where the array of items is; <c>$</c> = the answer itself, or its <c>transactions</c> or <c>data</c>.</param>
/// <param name="cursorPath">Where the cursor of the next page is.</param>
internal sealed class JsonItems(Stream input, JsonPath itemsPath, JsonPath? cursorPath)
{
    /// <summary>An item is a transaction with what its source says of it, no document.</summary>
    public const int LargestItem = 1024 * 1024;

    private static readonly string[] UsualNames = ["transactions", "data"];

    private readonly List<Frame> _frames = [];
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _isFinal;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = JsonText.MaxBodyDepth });
    private int _itemsDepth = -1;
    private bool _found;

    private enum Step
    {
        More,
        Item,
        End,
    }

    /// <summary>The next page's; known once all is read.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Items one by one; each is good until the next is asked for.</summary>
    /// <exception cref="PullFailedException">It is no JSON, or has no array there.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (Advance(out int itemStart, out int itemLength))
            {
                case Step.Item:
                    yield return _buffer.AsMemory(itemStart, itemLength);
                    break;
                case Step.More:
                    await FillAsync(cancellationToken);
                    break;
                default:
                    if (!_found)
                    {
                        throw PullFailedException.Unreadable(itemsPath.Length == 0
                            ? "The answer is no array, nor an object with an array under transactions or data: set response.itemsPath."
                            : $"The answer has no array at {itemsPath}: see response.itemsPath.");
                    }

                    yield break;
            }
        }
    }

    private Step Advance(out int itemStart, out int itemLength)
    {
        (itemStart, itemLength) = (0, 0);
        Utf8JsonReader reader = new(_buffer.AsSpan(_start, _end - _start), _isFinal, _state);
        int origin = _start;
        try
        {
            while (true)
            {
                if (!reader.Read())
                {
                    return Keep(origin, reader, _isFinal ? Step.End : Step.More);
                }

                if (_frames.Count == _itemsDepth && reader.TokenType != JsonTokenType.EndArray)
                {
                    int start = (int)reader.TokenStartIndex;
                    if (!reader.TrySkip())
                    {
                        return Step.More; // not kept: read again from before the item, once there is more of it
                    }

                    (itemStart, itemLength) = (origin + start, (int)reader.BytesConsumed - start);
                    return Keep(origin, reader, Step.Item);
                }

                Follow(ref reader);
                Keep(origin, reader, Step.More);
            }
        }
        catch (JsonException exception)
        {
            throw PullFailedException.Unreadable(exception.Message.Contains("depth", StringComparison.OrdinalIgnoreCase)
                ? "The answer is nested too deep to be read."
                : "The answer is not valid JSON, or ends in the middle. What was read before is taken in; the page is asked for again.");
        }
    }

    private Step Keep(int origin, in Utf8JsonReader reader, Step step)
    {
        _start = origin + (int)reader.BytesConsumed;
        _state = reader.CurrentState;
        return step;
    }

    /// <summary>Goes one token on, around the items.</summary>
    private void Follow(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                JsonText.TryGet(ref reader, out string name);
                _frames[^1] = new Frame(name, -1);
                return;
            case JsonTokenType.EndArray or JsonTokenType.EndObject:
                _frames.RemoveAt(_frames.Count - 1);
                if (_frames.Count < _itemsDepth)
                {
                    _itemsDepth = -1;
                }

                return;
        }

        if (_frames.Count > 0 && _frames[^1].Name is null)
        {
            _frames[^1] = new Frame(null, _frames[^1].Index + 1);
        }

        bool areItems = !_found && IsItems(reader.TokenType);
        if (cursorPath is not null && IsAt(cursorPath))
        {
            Cursor = ScalarOf(ref reader);
        }

        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            _frames.Add(reader.TokenType == JsonTokenType.StartArray ? new Frame(null, -1) : new Frame("", -1));
            if (areItems && reader.TokenType == JsonTokenType.StartArray)
            {
                _itemsDepth = _frames.Count;
            }
        }

        _found |= areItems;
    }

    /// <summary>An array at its place; null there is an empty one.</summary>
    private bool IsItems(JsonTokenType token)
    {
        if (token is not (JsonTokenType.StartArray or JsonTokenType.Null))
        {
            return false;
        }

        return IsAt(itemsPath) || (itemsPath.Length == 0 && _frames.Count == 1 && UsualNames.Contains(_frames[0].Name));
    }

    private bool IsAt(JsonPath path)
    {
        if (path.Length != _frames.Count)
        {
            return false;
        }

        for (int i = 0; i < _frames.Count; i++)
        {
            if (_frames[i].Name is { } name ? !path.HasName(i, name) : !path.HasIndex(i, _frames[i].Index))
            {
                return false;
            }
        }

        return true;
    }

    private static string? ScalarOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => JsonText.TryGet(ref reader, out string text) && text.Length > 0 ? text : null,
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => null,
    };

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LargestItem)
            {
                throw PullFailedException.Unreadable("The answer has an item of more than 1 MB.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int count = await input.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        _isFinal = count == 0;
    }

    /// <summary>Where we are in one object (its name) or array (its place).</summary>
    private readonly record struct Frame(string? Name, int Index);
}
