using System.Text.Json;
using Google.Protobuf;

namespace FinObs.DataPlane.Inference;

/// <summary>A body of the REST form: JSON, and behind it the binary tensors that it speaks of.</summary>
internal readonly ref struct InferBody
{
    private readonly ReadOnlyMemory<byte> _binary;

    private InferBody(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary)
    {
        Json = json;
        _binary = binary;
    }

    public ReadOnlyMemory<byte> Json { get; }

    /// <param name="body">All of it.</param>
    /// <param name="lengthHeader">Value of <see cref="InferJson.LengthHeader"/>; null or empty = all JSON.</param>
    public static InferBody Split(ReadOnlyMemory<byte> body, string? lengthHeader)
    {
        if (string.IsNullOrEmpty(lengthHeader))
        {
            return new InferBody(body, default);
        }

        return int.TryParse(lengthHeader, out int length) && length >= 0 && length <= body.Length
            ? new InferBody(body[..length], body[length..])
            : throw new MalformedInferenceException($"{InferJson.LengthHeader} must be the length of the JSON in front of the binary tensors, at most the body's.");
    }

    /// <summary>Runs a reader over the JSON; whatever is wrong with it becomes one kind of exception, with a message of ours.</summary>
    public T Read<T>(Reading<T> read)
    {
        try
        {
            Utf8JsonReader reader = new(Json.Span);
            reader.Read();
            T value = read(ref reader);
            return reader.Read() ? throw new MalformedInferenceException("The body goes on behind its JSON object.") : value;
        }
        catch (JsonException exception)
        {
            throw new MalformedInferenceException($"The body is not valid JSON: look at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}.");
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or OverflowException)
        {
            throw new MalformedInferenceException("The body is JSON, but not of the protocol: a value has another type than it wants.");
        }
    }

    /// <summary>The binary tensors, in the order in which the JSON names them.</summary>
    public IEnumerable<ByteString> Binaries(IEnumerable<JsonTensor> tensors)
    {
        List<ByteString> binaries = [];
        int at = 0;
        foreach (int size in tensors.Select(tensor => tensor.BinarySize).OfType<int>())
        {
            if (size < 0 || size > _binary.Length - at)
            {
                throw new MalformedInferenceException($"{ParameterNames.BinaryDataSize} says {size} bytes, {_binary.Length - at} follow.");
            }

            binaries.Add(UnsafeByteOperations.UnsafeWrap(_binary.Slice(at, size)));
            at += size;
        }

        return at == _binary.Length ? binaries : throw new MalformedInferenceException($"{_binary.Length - at} bytes follow that no tensor claims.");
    }

    internal delegate T Reading<out T>(ref Utf8JsonReader reader);
}
