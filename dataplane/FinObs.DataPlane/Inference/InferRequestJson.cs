using System.Buffers;
using System.Text.Json;

namespace FinObs.DataPlane.Inference;

/// <summary>A request for inference in its REST form. Both protocols meet in the gRPC message, so everything behind it is written once.</summary>
internal static class InferRequestJson
{
    public static ModelInferRequest Read(ReadOnlyMemory<byte> body, string? lengthHeader)
    {
        InferBody parts = InferBody.Split(body, lengthHeader);
        List<JsonTensor> inputs = [];
        ModelInferRequest request = parts.Read((ref Utf8JsonReader reader) => ReadRequest(ref reader, inputs));
        request.RawInputContents.AddRange(parts.Binaries(inputs));
        foreach (JsonTensor tensor in inputs)
        {
            ModelInferRequest.Types.InferInputTensor input = new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };
            input.Contents = tensor.BinarySize is null ? tensor.Contents : null;
            request.Inputs.Add(input);
        }

        return request;
    }

    /// <summary>Writes typed FP32 contents as numbers that read back bit for bit.</summary>
    public static void Write(IBufferWriter<byte> output, ModelInferRequest request)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        if (request.Id.Length > 0)
        {
            json.WriteString("id", request.Id);
        }

        json.WriteStartArray("inputs");
        foreach (ModelInferRequest.Types.InferInputTensor input in request.Inputs)
        {
            json.WriteStartObject();
            json.WriteString("name", input.Name);
            json.WriteString("datatype", input.Datatype);
            InferResponseJson.WriteShape(json, input.Shape);
            json.WriteStartArray("data");
            foreach (float value in input.Contents.Fp32Contents)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("outputs");
        foreach (ModelInferRequest.Types.InferRequestedOutputTensor wanted in request.Outputs)
        {
            json.WriteStartObject();
            json.WriteString("name", wanted.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static ModelInferRequest ReadRequest(ref Utf8JsonReader reader, List<JsonTensor> inputs)
    {
        InferJson.Expect(reader, JsonTokenType.StartObject, "object");
        ModelInferRequest request = new();
        while (InferJson.NextMember(ref reader) is { } name)
        {
            switch (name)
            {
                case "id": request.Id = InferJson.Text(reader); break;
                case "parameters": InferJson.ReadParameters(ref reader, request.Parameters); break;
                case "inputs": ReadTensors(ref reader, inputs); break;
                case "outputs":
                    List<JsonTensor> outputs = [];
                    ReadTensors(ref reader, outputs);
                    request.Outputs.AddRange(outputs.Select(ToOutput));
                    break;
                default: reader.Skip(); break;
            }
        }

        return request;
    }

    internal static void ReadTensors(ref Utf8JsonReader reader, List<JsonTensor> tensors)
    {
        InferJson.Expect(reader, JsonTokenType.StartArray, "array");
        while (InferJson.NextItem(ref reader))
        {
            tensors.Add(InferJson.ReadTensor(ref reader));
        }
    }

    private static ModelInferRequest.Types.InferRequestedOutputTensor ToOutput(JsonTensor tensor) =>
        new() { Name = tensor.Name, Parameters = { tensor.Parameters } };
}
