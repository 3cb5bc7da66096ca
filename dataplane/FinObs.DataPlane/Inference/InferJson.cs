using System.Text.Json;

namespace FinObs.DataPlane.Inference;

/// <summary>A body is not JSON of the protocol. The message says what to do, and may be shown to the sender.</summary>
internal sealed class MalformedInferenceException(string message) : Exception(message);

/// <summary>A tensor as JSON has it, in requests and in responses.</summary>
internal sealed class JsonTensor
{
    public string Name { get; set; } = "";

    public string Datatype { get; set; } = "";

    public List<long> Shape { get; } = [];

    public Dictionary<string, InferParameter> Parameters { get; } = [];

    /// <summary>Empty where the data is binary, or of a datatype that nobody here reads.</summary>
    public InferTensorContents Contents { get; } = new();

    /// <summary>Bytes behind the JSON that are this tensor's; null where its data stands in the JSON.</summary>
    public int? BinarySize => Parameters.TryGetValue(ParameterNames.BinaryDataSize, out InferParameter? size) ? checked((int)size.Int64Param) : null;
}

/// <summary>Reads what requests and responses share. What it does not know it skips, as the protocol asks.</summary>
internal static class InferJson
{
    /// <summary>The header that says how long the JSON in front of binary tensors is.</summary>
    public const string LengthHeader = "Inference-Header-Content-Length";

    /// <summary>Moves to the next member of an object and gives its name, with the reader on its value; null at the object's end.</summary>
    public static string? NextMember(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }

        string name = reader.GetString()!;
        reader.Read();
        return name;
    }

    /// <summary>Moves to the next item of an array; false at its end.</summary>
    public static bool NextItem(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType != JsonTokenType.EndArray;
    }

    public static string Text(in Utf8JsonReader reader)
    {
        Expect(reader, JsonTokenType.String, "a string");
        return reader.GetString()!;
    }

    public static void Expect(in Utf8JsonReader reader, JsonTokenType wanted, string what)
    {
        if (reader.TokenType != wanted)
        {
            throw new MalformedInferenceException($"The JSON has no {what} at byte {reader.TokenStartIndex}, where the protocol wants one.");
        }
    }

    public static JsonTensor ReadTensor(ref Utf8JsonReader reader)
    {
        Expect(reader, JsonTokenType.StartObject, "object");
        JsonTensor tensor = new();
        Utf8JsonReader data = default;
        bool hasData = false;
        while (NextMember(ref reader) is { } name)
        {
            switch (name)
            {
                case "name": tensor.Name = Text(reader); break;
                case "datatype": tensor.Datatype = Text(reader); break;
                case "shape": ReadShape(ref reader, tensor.Shape); break;
                case "parameters": ReadParameters(ref reader, tensor.Parameters); break;
                case "data":
                    // Members come in any order: how to read the data is known only at the end.
                    data = reader;
                    hasData = true;
                    reader.Skip();
                    break;
                default: reader.Skip(); break;
            }
        }

        if (hasData)
        {
            ReadData(ref data, tensor);
        }

        return tensor;
    }

    public static void ReadParameters(ref Utf8JsonReader reader, IDictionary<string, InferParameter> parameters)
    {
        Expect(reader, JsonTokenType.StartObject, "object");
        while (NextMember(ref reader) is { } name)
        {
            InferParameter? value = reader.TokenType switch
            {
                JsonTokenType.True or JsonTokenType.False => new InferParameter { BoolParam = reader.GetBoolean() },
                JsonTokenType.String => new InferParameter { StringParam = reader.GetString() },
                JsonTokenType.Number => reader.TryGetInt64(out long whole) ? new InferParameter { Int64Param = whole } : new InferParameter { DoubleParam = reader.GetDouble() },
                _ => null,
            };
            reader.Skip();
            if (value is not null)
            {
                parameters[name] = value;
            }
        }
    }

    private static void ReadShape(ref Utf8JsonReader reader, List<long> shape)
    {
        Expect(reader, JsonTokenType.StartArray, "array");
        while (NextItem(ref reader))
        {
            Expect(reader, JsonTokenType.Number, "whole number");
            shape.Add(reader.TryGetInt64(out long size) ? size : throw new MalformedInferenceException("A shape holds a number that is not whole."));
        }
    }

    /// <summary>Flat or nested: the protocol takes both, in row-major order.</summary>
    private static void ReadData(ref Utf8JsonReader reader, JsonTensor tensor)
    {
        Expect(reader, JsonTokenType.StartArray, "array");
        if (tensor.Datatype is not (Datatypes.Float or Datatypes.Double))
        {
            return;
        }

        int depth = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndArray && reader.CurrentDepth == depth))
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                AddNumber(reader, tensor);
            }
            else if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
            {
                throw new MalformedInferenceException($"data of {tensor.Name} holds something that is not a number at byte {reader.TokenStartIndex}.");
            }
        }
    }

    private static void AddNumber(in Utf8JsonReader reader, JsonTensor tensor)
    {
        if (tensor.Datatype == Datatypes.Float)
        {
            tensor.Contents.Fp32Contents.Add(reader.GetSingle());
        }
        else
        {
            tensor.Contents.Fp64Contents.Add(reader.GetDouble());
        }
    }
}
