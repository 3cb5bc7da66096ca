using System.Buffers;
using System.Text.Json;
using Google.Protobuf;

namespace FinObs.DataPlane.Inference;

/// <summary>An answer to a request for inference in its REST form.</summary>
internal static class InferResponseJson
{
    /// <summary>Writes an answer that has raw FP64 contents; tensors for which <paramref name="binary"/> holds follow the JSON as bytes, the others are numbers in it.</summary>
    /// <returns>Length of the JSON where something follows it, else null.</returns>
    /// <exception cref="MalformedInferenceException">A number is not finite: JSON has no word for it.</exception>
    public static int? Write(ArrayBufferWriter<byte> output, ModelInferResponse response, Func<string, bool> binary)
    {
        List<ByteString> behind = [];
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartObject();
            json.WriteString("model_name", response.ModelName);
            json.WriteString("model_version", response.ModelVersion);
            if (response.Id.Length > 0)
            {
                json.WriteString("id", response.Id);
            }

            WriteParameters(json, response.Parameters);
            json.WriteStartArray("outputs");
            for (int i = 0; i < response.Outputs.Count; i++)
            {
                bool follows = binary(response.Outputs[i].Name);
                WriteTensor(json, response.Outputs[i], response.RawOutputContents[i], follows);
                if (follows)
                {
                    behind.Add(response.RawOutputContents[i]);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        int length = output.WrittenCount;
        foreach (ByteString bytes in behind)
        {
            output.Write(bytes.Span);
        }

        return behind.Count > 0 ? length : null;
    }

    public static ModelInferResponse Read(ReadOnlyMemory<byte> body, string? lengthHeader)
    {
        InferBody parts = InferBody.Split(body, lengthHeader);
        List<JsonTensor> outputs = [];
        ModelInferResponse response = parts.Read((ref Utf8JsonReader reader) => ReadResponse(ref reader, outputs));
        Queue<ByteString> binaries = new(parts.Binaries(outputs));
        bool anyBinary = binaries.Count > 0;
        foreach (JsonTensor tensor in outputs)
        {
            response.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor
            {
                Name = tensor.Name,
                Datatype = tensor.Datatype,
                Shape = { tensor.Shape },
                Contents = tensor.BinarySize is null ? tensor.Contents : null,
            });

            // Raw contents are matched by place, so a tensor that came as numbers leaves an empty one.
            if (anyBinary)
            {
                response.RawOutputContents.Add(tensor.BinarySize is null ? ByteString.Empty : binaries.Dequeue());
            }
        }

        return response;
    }

    internal static void WriteShape(Utf8JsonWriter json, IEnumerable<long> shape)
    {
        json.WriteStartArray("shape");
        foreach (long size in shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
    }

    private static void WriteTensor(Utf8JsonWriter json, ModelInferResponse.Types.InferOutputTensor tensor, ByteString bytes, bool follows)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("datatype", tensor.Datatype);
        WriteShape(json, tensor.Shape);
        if (follows)
        {
            json.WriteStartObject("parameters");
            json.WriteNumber(ParameterNames.BinaryDataSize, bytes.Length);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data");
            foreach (double value in RawTensors.Doubles(bytes))
            {
                json.WriteNumberValue(double.IsFinite(value) ? value : throw new MalformedInferenceException(
                    $"{tensor.Name} holds a value that is not finite, which JSON cannot say: ask for binary data, or use gRPC."));
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, InferParameter>> parameters)
    {
        json.WriteStartObject("parameters");
        foreach ((string name, InferParameter value) in parameters)
        {
            json.WriteString(name, value.StringParam);
        }

        json.WriteEndObject();
    }

    private static ModelInferResponse ReadResponse(ref Utf8JsonReader reader, List<JsonTensor> outputs)
    {
        InferJson.Expect(reader, JsonTokenType.StartObject, "object");
        ModelInferResponse response = new();
        while (InferJson.NextMember(ref reader) is { } name)
        {
            switch (name)
            {
                case "model_name": response.ModelName = InferJson.Text(reader); break;
                case "parameters": InferJson.ReadParameters(ref reader, response.Parameters); break;
                case "outputs": InferRequestJson.ReadTensors(ref reader, outputs); break;
                default: reader.Skip(); break;
            }
        }

        return response;
    }
}
